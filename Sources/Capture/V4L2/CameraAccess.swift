import Basics
import CV4L2
import Glibc

/// Opens cameras, with helpful error messages.
enum CameraAccess {
    /// Opens a camera that can stream frames.
    ///
    /// - Throws: ``SourceError``.
    static func open(_ path: String, _ functions: cv4l2_device_functions) throws(SourceError) -> V4L2Device {
        let (device, capability) = try identify(path, functions)
        if let complaint = complaint(about: capability) { throw .unreadable(complaint) }
        return device
    }

    /// Opens a device and queries its capabilities.
    ///
    /// - Throws: ``SourceError``.
    static func identify(
        _ path: String, _ functions: cv4l2_device_functions
    ) throws(SourceError) -> (V4L2Device, V4L2Capability) {
        do {
            let device = try V4L2Device(path: path, functions: functions)
            return (device, try device.capability())
        } catch {
            throw .unreadable(reason(error, path))
        }
    }

    /// Returns why a device is not supported; `nil` if it is.
    static func complaint(about capability: V4L2Capability) -> String? {
        if !capability.captures, capability.capturesInPlanes {
            return "it offers multi-planar capture only, which is not supported"
        }
        if !capability.captures { return "it is no camera: it gives no frames" }
        return capability.streams ? nil : "its driver does not support streaming"
    }

    private static func reason(_ failure: V4L2Failure, _ path: String) -> String {
        switch failure.code {
        case EACCES: "permission denied" + (group(of: path).map { advice(group: $0) } ?? "")
        // The sandbox of a service refuses, not the mode of the file.
        case EPERM: "operation not permitted; a service needs DeviceAllow=char-81 rw for it"
        case EBUSY: "another program is using it"
        case ENOTTY, EINVAL: "it is no camera"
        default: systemPhrase(failure.code)
        }
    }

    private static func advice(group: String) -> String {
        "; it belongs to the group \(group): add the user to the group \(group)"
    }

    /// Returns the group of a file, if its members may read and write the file.
    private static func group(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o060 == 0o060 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16384) { buffer in
            var entry = Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            guard getgrgid_r(status.st_gid, &entry, buffer.baseAddress, buffer.count, &found) == 0, found != nil,
                let name = entry.gr_name
            else { return "\(status.st_gid)" }
            return String(cString: name)
        }
    }
}
