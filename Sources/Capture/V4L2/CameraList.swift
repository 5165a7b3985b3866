import Basics
import CV4L2
import Dispatch
import FoundationEssentials

/// A camera that the kernel knows.
package struct Camera: Equatable, Sendable {
    /// As `/dev/video0`. Which camera gets which number may change whenever the machine starts.
    package var device: String
    /// Links that name the camera itself, and stay when it is plugged in elsewhere.
    package var linksByID: [String] = []
    /// Links that name the port that it is plugged into.
    package var linksByPath: [String] = []
    /// The driver's name; empty if the camera cannot be opened.
    package var driver = ""
    /// The camera's name; empty if it cannot be opened.
    package var card = ""
    /// Where it is connected; empty if it cannot be opened.
    package var bus = ""
    /// What it has itself, and not through libv4l2.
    package var formats: [V4L2Format] = []
    /// Why it gives us no frames, if it does not.
    package var complaint: String?
}

/// The cameras that the kernel knows.
package enum CameraList {
    /// All that give frames, and all of which we cannot tell; by number.
    ///
    /// Cameras are opened for it, but not switched on; one that is in use elsewhere is not disturbed.
    package static func cameras() -> [Camera] {
        cameras(in: "/dev") { describe(&$0, cv4l2_system_functions()) }
    }

    /// Seconds for which drivers are waited for.
    private static let timeout = 5.0

    /// Lists what a folder has. All devices are asked at the same time; a driver that does not answer in time is left
    /// with its thread.
    ///
    /// - Parameters:
    ///   - folder: where devices and links to them are.
    ///   - probe: fills in what the driver of a device says, and returns whether it is a camera at all.
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

    /// A device whose driver has said nothing.
    private static func silent(_ device: Camera, _ seconds: Double) -> Camera? {
        var camera = device
        camera.complaint = "its driver has not answered within \(Int(seconds.rounded(.up))) s"
        return camera
    }

    /// The devices in a folder by number, with their links.
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

    /// Fills in what the driver says.
    ///
    /// - Returns: whether it is a camera at all. Many cameras have a second device for data beside the frames.
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

    /// The links in a folder, by the name of the device that they lead to.
    private static func links(in folder: String) -> [String: [String]] {
        let links = names(in: folder).sorted().map { "\(folder)/\($0)" }
        return Dictionary(grouping: links) { link in
            let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? ""
            return String(target.split(separator: "/").last ?? "")
        }
    }

    /// What is in a folder; nothing if there is no such folder, as on a machine without cameras.
    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
