import Foundation
import SystemPackage
import Testing

@testable import Basics

/// Files that are replaced as a whole.
@Suite(.timeLimit(.minutes(10))) final class AtomicFileTests {
    private let folder = NSTemporaryDirectory() + "lookout-atomic-\(UUID().uuidString)"
    private var file: AtomicFile { AtomicFile(path: folder + "/file") }

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func contents(_ name: String) -> String? {
        FileManager.default.contents(atPath: folder + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    private var names: [String] { Folder.entries(folder).filter { $0 != "." && $0 != ".." }.sorted() }

    @Test func itHoldsTheNewContentsAndNothingIsLeftBehind() throws {
        try file.replace(with: [Array("old".utf8)], permissions: .exactly(0o644), isDurable: false)
        try file.replace(with: [Array("n".utf8), [], Array("ew".utf8)], permissions: .exactly(0o604), isDurable: true)
        #expect(contents("file") == "new")
        #expect(names == ["file"])
        var status = stat()
        #expect(stat(file.path, &status) == 0 && status.st_mode & 0o777 == 0o604)
    }

    /// A file whose name is not on the disk is lost when the power fails, whatever was synced before.
    @Test func theFolderIsSyncedAfterTheRename() throws {
        var synced: [(isFolder: Bool, contents: String?)] = []
        try file.replace(with: [Array("new".utf8)], permissions: .masked(0o600), isDurable: true) { descriptor in
            var status = stat()
            _ = fstat(descriptor, &status)
            synced.append((status.st_mode & S_IFMT == S_IFDIR, contents("file")))
            return 0
        }
        #expect(synced.map(\.isFolder) == [false, true])
        #expect(synced.map(\.contents) == [nil, "new"])
    }

    @Test func whatCannotBeSyncedLeavesTheOldContents() throws {
        try file.replace(with: [Array("old".utf8)], permissions: .masked(0o600), isDurable: true)
        #expect(throws: Errno.ioError) {
            try file.replace(with: [Array("new".utf8)], permissions: .masked(0o600), isDurable: true) { _ in
                errno = EIO
                return -1
            }
        }
        #expect(contents("file") == "old")
        #expect(names == ["file"])
    }

    /// Somebody who may write to the folder must not choose what is overwritten.
    @Test func noLinkIsFollowed() throws {
        try Data("precious".utf8).write(to: URL(fileURLWithPath: folder + "/precious"))
        for name in ["file", "file.new", "file.partial"] { #expect(symlink("precious", folder + "/" + name) == 0) }
        try file.replace(with: [Array("new".utf8)], permissions: .masked(0o600), isDurable: false)
        #expect(contents("precious") == "precious")
        #expect(contents("file") == "new")
    }

    @Test func whatAKilledProgramLeftIsRemovedAndNothingElse() throws {
        let strangers = [
            "file.partial", "file.0123456789abc.partial.x", "other.0123456789abc.partial", "file.0123.partial",
        ]
        for name in strangers + ["file.0123456789abc.partial"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        file.removeLeftovers()
        #expect(names == strangers.sorted())
    }

    @Test(arguments: [
        ("/var/log/events", "/var/log", "events"), ("events", ".", "events"), ("/events", "/", "events"),
        ("./a/b", "./a", "b"),
    ])
    func pathsAreSplit(_ path: String, _ folder: String, _ name: String) {
        #expect(Folder.split(path) == (folder, name))
    }
}
