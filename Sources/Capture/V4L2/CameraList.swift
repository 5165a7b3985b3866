import CV4L2
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
    package static func cameras() -> [Camera] { cameras(in: "/dev", cv4l2_system_functions()) }

    /// - Parameters:
    ///   - folder: folder of the devices, with links to them in `v4l`.
    ///   - functions: system calls; tests replace them.
    static func cameras(in folder: String, _ functions: cv4l2_device_functions) -> [Camera] {
        let linksByID = links(in: folder + "/v4l/by-id")
        let linksByPath = links(in: folder + "/v4l/by-path")
        return numbers(in: folder).compactMap { number in
            let name = "video\(number)"
            var camera = Camera(device: "\(folder)/\(name)")
            camera.linksByID = linksByID[name] ?? []
            camera.linksByPath = linksByPath[name] ?? []
            return describe(&camera, functions) ? camera : nil
        }
    }

    /// Fills in what the driver reports.
    ///
    /// - Returns: whether it is a capture device. Many cameras have a second device for metadata.
    private static func describe(_ camera: inout Camera, _ functions: cv4l2_device_functions) -> Bool {
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
