import Basics
import Glibc

/// Recordings that arguments stand for: files, folders with all their recordings, patterns, and lists.
enum RecordingList {
    /// Endings of the names of recordings, which folders are searched for. A file that is named by itself may have any.
    private static let endings: Set<String> = [
        "3gp", "asf", "avi", "dav", "flv", "h264", "h265", "hevc", "m2ts", "m4v", "mjpeg", "mjpg", "mkv", "mov", "mp4",
        "mpeg", "mpg", "mts", "mxf", "ogv", "ts", "webm", "wmv",
    ]
    /// Most folders in each other.
    private static let deepest = 64

    /// Returns the recordings: those of a folder in the order of their paths.
    ///
    /// - Throws: ``Failure`` if a folder or a pattern has none, or a folder cannot be read.
    static func expand(_ arguments: [String]) throws(Failure) -> [String] {
        var files: [String] = []
        for argument in arguments {
            if isFolder(argument) {
                let found = try recordings(in: argument, depth: 0)
                guard !found.isEmpty else { throw none(in: argument) }
                files += found
            } else if access(argument, F_OK) != 0, argument.contains(where: { "*?[".contains($0) }) {
                let found = matches(argument)
                guard !found.isEmpty else {
                    throw Failure(status: EX_NOINPUT, "\(argument): no file has a name of this pattern")
                }
                files += found
            } else {
                files.append(argument)
            }
        }
        return files
    }

    /// Returns the recordings in folders, which may have none.
    ///
    /// - Throws: ``Failure`` for a path that is no folder, or cannot be read.
    static func inFolders(_ folders: [String]) throws(Failure) -> [String] {
        var files: [String] = []
        for folder in folders {
            guard isFolder(folder) else { throw Failure(status: EX_NOINPUT, "\(folder): it is no folder") }
            files += try recordings(in: folder, depth: 0)
        }
        return files
    }

    /// Reads a list with a path on each line, or with a zero byte behind each, as `find -print0` writes it.
    ///
    /// - Parameter path: of the list; `-` for standard input.
    /// - Throws: ``Failure``, `FileError`.
    static func read(_ path: String) throws -> [String] {
        let bytes = try Files.read(path == "-" ? "/dev/stdin" : path, atMost: Files.largestText)
        let separator: UInt8 = bytes.contains(0) ? 0 : UInt8(ascii: "\n")
        let files = bytes.split(separator: separator).map { String(decoding: $0, as: UTF8.self) }
            .filter { !$0.allSatisfy(\.isWhitespace) }
        guard !files.isEmpty else { throw Failure(status: EX_NOINPUT, "\(path): there is no file in this list") }
        return files
    }

    private static func none(in folder: String) -> Failure {
        Failure(
            status: EX_NOINPUT,
            "\(folder): no recording in this folder (\(endings.sorted().prefix(6).joined(separator: ", ")) …); "
                + "name the files themselves if their names have other endings")
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Returns the recordings in a folder and the folders in it. Hidden files, and links to folders, are left out.
    private static func recordings(in folder: String, depth: Int) throws(Failure) -> [String] {
        guard depth < deepest, access(folder, R_OK | X_OK) == 0 else {
            throw Failure(
                status: EX_NOINPUT, "\(folder): the folder cannot be read: \(String(cString: strerror(errno)))")
        }
        var files: [String] = []
        for name in Folder.entries(folder).sorted() where !name.hasPrefix(".") {
            let path = Folder.path(folder, name)
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                files += try recordings(in: path, depth: depth + 1)
            } else if isRecording(name), !isFolder(path) {
                files.append(path)
            }
        }
        return files
    }

    /// Checks the ending of the name of a file.
    static func isRecording(_ name: String) -> Bool {
        name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last.map {
            endings.contains($0.lowercased())
        } ?? false
    }

    /// Returns the files of a pattern, as a shell does: glob(3).
    private static func matches(_ pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, GLOB_MARK, nil, &result) == 0 else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }
            .filter { !$0.hasSuffix("/") }
    }
}
