import Basics
import CV4L2
import Dispatch
import FoundationEssentials

/// V4L2 camera of this machine.
package struct Camera: Equatable, Sendable {
    /// Path of the device, as `/dev/video0`. The number of a camera may change at every boot.
    package var device: String
    /// Links by the identity of the camera. They stay when it is plugged into another port.
    package var linksByID: [String] = []
    /// Links by the port that it is plugged into.
    package var linksByPath: [String] = []
    /// Name of the driver; empty if the camera cannot be opened.
    package var driver = ""
    /// Name of the camera; empty if it cannot be opened.
    package var card = ""
    /// Bus address; empty if it cannot be opened.
    package var bus = ""
    /// Native formats, without those that libv4l2 emulates.
    package var formats: [V4L2Format] = []
    /// Why the camera cannot be used; `nil` if it can.
    package var complaint: String?
}

/// V4L2 cameras of this machine.
package enum CameraList {
    /// Lists all capture devices, and all devices that cannot be opened; by number.
    ///
    /// Opens the devices without starting them, which does not disturb other programs that use them.
    package static func cameras() -> [Camera] {
        cameras(in: "/dev") { describe(&$0, cv4l2_system_functions()) }
    }

    /// Seconds for all drivers to answer.
    private static let timeout = 5.0

    /// Lists the devices of a folder, all at the same time. A driver that does not answer in time is left with its thread.
    ///
    /// - Parameters:
    ///   - folder: folder of the devices, with links to them in `v4l`.
    ///   - probe: fills in what the driver reports, and returns whether the device captures.
    static func cameras(
        in folder: String, within seconds: Double = timeout, probe: @escaping @Sendable (inout Camera) -> Bool
    ) -> [Camera] {
        let devices = devices(in: folder)
        let answers = Mutex(devices.map { silent($0, seconds) })
        let asked = DispatchGroup()
        for (place, device) in devices.enumerated() {
            asked.enter()
            ThreadQueue(label: "probe").async {
                var camera = device
                let isCamera = probe(&camera)
                answers.withLock { [camera] in $0[place] = isCamera ? camera : nil }
                asked.leave()
            }
        }
        _ = asked.wait(timeout: .now() + seconds)
        return answers.withLock { $0 }.compactMap { $0 }
    }

    /// Device whose driver does not answer.
    private static func silent(_ device: Camera, _ seconds: Double) -> Camera? {
        var camera = device
        camera.complaint = "its driver has not answered within \(Int(seconds.rounded(.up))) s"
        return camera
    }

    /// Devices of a folder by number, with their links.
    private static func devices(in folder: String) -> [Camera] {
        let linksByID = links(in: folder + "/v4l/by-id")
        let linksByPath = links(in: folder + "/v4l/by-path")
        return numbers(in: folder).map { number in
            let name = "video\(number)"
            var camera = Camera(device: "\(folder)/\(name)")
            camera.linksByID = linksByID[name] ?? []
            camera.linksByPath = linksByPath[name] ?? []
            return camera
        }
    }

    /// Fills in what the driver reports.
    ///
    /// - Returns: whether it is a capture device. Many cameras have a second device for metadata.
    static func describe(_ camera: inout Camera, _ functions: cv4l2_device_functions) -> Bool {
        do {
            let (device, capability) = try CameraAccess.identify(camera.device, functions)
            guard capability.captures || capability.capturesInPlanes else { return false }
            camera.driver = capability.driver
            camera.card = capability.card
            camera.bus = capability.bus
            camera.complaint = CameraAccess.complaint(about: capability)
            camera.formats = device.offer(at: PixelSize(width: 0, height: 0)).formats.filter { !$0.isEmulated }
        } catch {
            camera.complaint = error.description
        }
        return true
    }

    private static func numbers(in folder: String) -> [Int] {
        names(in: folder).compactMap { $0.hasPrefix("video") ? Int($0.dropFirst("video".count)) : nil }.sorted()
    }

    /// Returns the links in a folder by the name of their device.
    private static func links(in folder: String) -> [String: [String]] {
        let links = names(in: folder).sorted().map { "\(folder)/\($0)" }
        return Dictionary(grouping: links) { link in
            let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? ""
            return String(target.split(separator: "/").last ?? "")
        }
    }

    /// Returns the names in a folder; empty if it does not exist, as on a machine without cameras.
    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
