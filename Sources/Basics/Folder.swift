import Glibc
import SystemPackage

/// Folders, and the names in them.
package enum Folder {
    /// The folder of a path, and the name in it.
    package static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
    }

    /// The names in a folder, in no order; none if it cannot be read.
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

    /// Waits until names that were made or changed in the folder of a path are on the disk: syncing a file does not
    /// sync its name.
    ///
    /// - Throws: the system's error. File systems that cannot sync a folder are no error.
    package static func sync(of path: String) throws(Errno) { try sync(of: path, sync: fsync) }

    /// - Parameter sync: brings a descriptor's file to the disk, as `fsync` does.
    static func sync(of path: String, sync: (Int32) -> Int32) throws(Errno) {
        let folder = open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Errno(rawValue: errno) }
        defer { close(folder) }
        guard sync(folder) != 0, errno != EINVAL, errno != EROFS else { return }
        throw Errno(rawValue: errno)
    }
}
