import Basics
import Events
import Glibc
import SystemPackage

/// Settings of the images of objects.
package struct SnapshotSettings: Equatable, Sendable {
    /// Folder of the images, which is created if it does not exist.
    package var folder: String
    /// Objects whose images are removed. An object has two files, which stay or go together.
    package var retention: RetentionPolicy

    package init(folder: String, retention: RetentionPolicy = RetentionPolicy()) {
        self.folder = folder
        self.retention = retention
    }
}

/// Folder of the images of objects: a frame with the box, and a crop, named by the identifier of the events.
///
/// Other files in the folder are left alone.
struct SnapshotFolder {
    let settings: SnapshotSettings

    /// Part of the name of a crop behind the identifier.
    private static let cropSuffix = "-crop.jpg"
    private static let suffix = ".jpg"
    /// Length of an identifier.
    private static let idLength = 26

    /// Returns the name of the frame with the box of an object.
    static func name(of id: EventID) -> String { id.description + suffix }

    /// Creates the folder, and removes what programs that were killed left there.
    ///
    /// - Throws: the error of the system, also if nothing can be written there.
    func prepare() throws(Errno) {
        guard mkdir(settings.folder, 0o750) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        guard access(settings.folder, W_OK | X_OK) == 0 else { throw Errno(rawValue: errno) }
        for name in Folder.entries(settings.folder) where name.hasSuffix(".partial") && Self.id(of: name) != nil {
            unlink(path(name))
        }
    }

    /// Writes the images of an object, in place of earlier ones.
    ///
    /// - Throws: the error of the system. The earlier ones are still there.
    func write(frame: [UInt8], crop: [UInt8], of id: EventID) throws(Errno) {
        if let floor = settings.retention.freeSpace, let free = Folder.freeSpace(settings.folder), free < floor {
            throw .noSpace
        }
        for (bytes, suffix) in [(frame, Self.suffix), (crop, Self.cropSuffix)] {
            try AtomicFile(path: path(id.description + suffix))
                .replace(with: [bytes], permissions: .masked(0o640), isDurable: false)
        }
    }

    /// Removes images by the retention policy.
    ///
    /// - Parameter now: wall-clock time, in seconds since 1970.
    /// - Returns: the number of objects whose images were removed.
    func removeOld(now: Double) -> Int {
        guard settings.retention != RetentionPolicy() else { return 0 }
        let objects = objects()
        let ages = RetentionPolicy.ages(objects.map(\.modified), now: now)
        let files = zip(objects.indices, ages).map { index, age in
            RetentionPolicy.File(number: index, size: objects[index].size, age: age)
        }
        let old = settings.retention.filesToDelete(files, free: Folder.freeSpace(settings.folder))
        for index in old { for suffix in [Self.suffix, Self.cropSuffix] { unlink(path(objects[index].id + suffix)) } }
        return old.count
    }

    /// Returns the objects that have images, the newest first, with the size of their files in bytes and the time of the
    /// last change in seconds since 1970.
    private func objects() -> [(id: String, size: Int, modified: Double)] {
        var objects: [String: (size: Int, modified: Double)] = [:]
        for name in Folder.entries(settings.folder) {
            guard let id = Self.id(of: name) else { continue }
            var status = stat()
            guard lstat(path(name), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            let known = objects[id] ?? (0, 0)
            objects[id] = (known.size + Int(status.st_size), max(known.modified, Double(status.st_mtim.tv_sec)))
        }
        return objects.map { ($0.key, $0.value.size, $0.value.modified) }
            .sorted { ($0.modified, $0.id) > ($1.modified, $1.id) }
    }

    /// Returns the identifier in the name of an image, or of a part of one; `nil` for other files.
    static func id(of name: String) -> String? {
        let id = String(name.prefix(idLength))
        let rest = name.dropFirst(idLength)
        let isID = id.utf8.count == idLength && id.allSatisfy { $0.isASCII && ($0.isNumber || $0.isUppercase) }
        let isImage = [suffix, cropSuffix].contains { rest == $0 || (rest.hasPrefix($0) && rest.hasSuffix(".partial")) }
        return isID && isImage ? id : nil
    }

    private func path(_ name: String) -> String { settings.folder + "/" + name }
}
