import Glibc
import SystemPackage

/// Functions on folders and the names in them.
package enum Folder {
    /// Splits a path into its folder and its last component. The folder of a bare name is `.`.
    package static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
    }

    /// Returns the path of a name in a folder.
    package static func path(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// Returns the names in a folder, including `.` and `..`, in no particular order; empty if it cannot be read.
    package static func entries(_ folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    /// Returns the bytes that programs can still write to the file system of a folder; `nil` if that is unknown.
    package static func freeSpace(_ folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    /// Syncs the folder of a path, so that new and renamed files are on the disk: syncing a file does not sync its name.
    ///
    /// - Throws: the error of the system. A file system that cannot sync folders is not an error.
    package static func sync(of path: String) throws(Errno) { try sync(of: path, sync: fsync) }

    /// - Parameter sync: syncs a descriptor, as `fsync` does.
    static func sync(of path: String, sync: (Int32) -> Int32) throws(Errno) {
        let folder = open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Errno(rawValue: errno) }
        defer { close(folder) }
        guard sync(folder) != 0, errno != EINVAL, errno != EROFS else { return }
        throw Errno(rawValue: errno)
    }
}
