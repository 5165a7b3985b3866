import Foundation
import Glibc
import TestSupport
import Testing

@testable import Basics

/// Changes in folders are seen, also in those that come later.
@Suite(.timeLimit(.minutes(10))) struct FolderWatchTests {
    /// Returns the next changes, until there are as many as wanted.
    private static func changes(_ watch: FolderWatch, _ count: Int) throws -> [FolderWatch.Change] {
        var found: [FolderWatch.Change] = []
        for _ in 0..<100 where found.count < count { found += try watch.wait(seconds: 0.1) }
        return found
    }

    /// Creates an empty file, and closes it.
    private static func create(_ path: String) { fopen(path, "w").map { _ = fclose($0) } }

    @Test func closedAndMovedFilesAreComplete() throws {
        try Recording.withFolder { folder in
            let watched = folder + "/watched"
            try FileManager.default.createDirectory(atPath: watched, withIntermediateDirectories: true)
            try Data("1".utf8).write(to: URL(fileURLWithPath: watched + "/before"))
            let watch = try FolderWatch([watched])
            #expect(try watch.wait(seconds: 0).isEmpty)
            Self.create(watched + "/a")
            #expect(try Self.changes(watch, 1) == [.completed(watched + "/a")])
            let handle = try #require(FileHandle(forWritingAtPath: watched + "/a"))
            try handle.write(contentsOf: Data("2".utf8))
            #expect(try watch.wait(seconds: 0.2).isEmpty)
            try handle.close()
            #expect(try Self.changes(watch, 1) == [.completed(watched + "/a")])
            try Data("3".utf8).write(to: URL(fileURLWithPath: folder + "/b"))
            try FileManager.default.moveItem(atPath: folder + "/b", toPath: watched + "/b")
            #expect(try Self.changes(watch, 1) == [.completed(watched + "/b")])
            Self.create(watched + "/.hidden")
            #expect(try watch.wait(seconds: 0.2).isEmpty)
        }
    }

    @Test func newFoldersAreWatchedToo() throws {
        try Recording.withFolder { folder in
            let watched = folder + "/watched"
            try FileManager.default.createDirectory(atPath: watched, withIntermediateDirectories: true)
            let watch = try FolderWatch([watched])
            let other = folder + "/other/inside"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            Self.create(other + "/a")
            try FileManager.default.moveItem(atPath: folder + "/other", toPath: watched + "/other")
            #expect(try Self.changes(watch, 1) == [.appeared(watched + "/other/inside/a")])
            Self.create(watched + "/other/inside/b")
            #expect(try Self.changes(watch, 1) == [.completed(watched + "/other/inside/b")])
            try FileManager.default.removeItem(atPath: watched + "/other")
            #expect(try watch.wait(seconds: 0.2).isEmpty)
        }
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        let error = #expect(throws: FileError.self) { try FolderWatch(["/no/such/folder"]) }
        #expect(error?.path == "/no/such/folder")
    }
}
