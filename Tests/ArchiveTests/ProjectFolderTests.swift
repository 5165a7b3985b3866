import Basics
import Events
import Foundation
import TestSupport
import Testing

@testable import Archive

/// A project folder knows its recordings again, and lets one process write at a time.
struct ProjectFolderTests {
    @Test func aSecondOwnerIsRefused() throws {
        try Recording.withFolder { folder in
            let first = try ProjectFolder.create(folder + "/p")
            #expect(throws: OwnerLock.Failure.self) { try ProjectFolder.create(folder + "/p") }
            _ = try ProjectFolder.open(folder + "/p/")  // reading is allowed
            withExtendedLifetime(first) {}
        }
    }

    @Test func aFolderWithOtherFilesIsRefused() throws {
        try Recording.withFolder { folder in
            try "x".write(toFile: folder + "/mine.txt", atomically: true, encoding: .utf8)
            let error = #expect(throws: FileError.self) { try ProjectFolder.create(folder) }
            #expect(error?.reason.contains("mine.txt") == true)
            #expect(throws: FileError.self) { try ProjectFolder.open(folder) }
        }
    }

    @Test func rowsComeBack() throws {
        try Recording.withFolder { folder in
            let path = folder + "/a b.mp4"
            try Data(repeating: 7, count: 200_000).write(to: URL(fileURLWithPath: path))
            let file = try RecordingFile(path)
            let project = try ProjectFolder.create(folder + "/p")
            var entry = try project.manifest.save(RecordingEntry(file, settings: "s"))
            #expect(entry.id != nil)
            entry.state = .corrupt
            entry.message = "x"
            try project.manifest.save(entry)
            #expect(try project.manifest.entry(of: file.path) == entry)
            #expect(try ProjectFolder.open(folder + "/p").manifest.entries() == [entry])
            #expect(entry.isAbout(file, settings: "s") && !entry.isAbout(file, settings: "t"))
        }
    }

    /// Middle bytes are not read; the size and both ends are.
    @Test func aDigestDependsOnTheContents() throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.mp4"
            var bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            func digest() throws -> String {
                try bytes.write(to: URL(fileURLWithPath: path))
                return try RecordingFile(path).digest
            }
            let first = try digest()
            #expect(try digest() == first)
            bytes[299_999] ^= 1
            let second = try digest()
            #expect(second != first)
            bytes.append(1)
            #expect(try digest() != second)
        }
    }

    @Test func aRecordingThatIsNamedTwiceIsAnalyzedOnce() throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.mp4"
            try "x".write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(atPath: folder + "/link.mp4", withDestinationPath: path)
            let names = [path, folder + "/./a.mp4", folder + "/link.mp4", folder + "/missing.mp4"]
            #expect(ArchiveRun.distinct(names) == [path, folder + "/missing.mp4"])
        }
    }

    @Test func shardsDivideRecordings() throws {
        try Recording.withFolder { folder in
            var counts = [0, 0, 0]
            for number in 0..<90 {
                let path = "\(folder)/\(number).mp4"
                try "recording \(number)".write(toFile: path, atomically: true, encoding: .utf8)
                counts[try RecordingFile(path).shard(of: 3)] += 1
            }
            #expect(counts.reduce(0, +) == 90)
            #expect(counts.allSatisfy { $0 > 10 }, "\(counts)")
        }
    }

    @Test(arguments: [
        ("/a/b.c.mp4", "b.c-"), ("/a/.hidden", "_.hidden-"), ("/a/two words\u{7}.mkv", "two_words_-"),
        ("/a/" + String(repeating: "n", count: 250) + ".mp4", String(repeating: "n", count: 80) + "-"),
    ])
    func namesOfFilesAreSafe(path: String, start: String) {
        let name = ProjectFolder.name(of: path)
        #expect(name.hasPrefix(start) && name.count == start.count + 8, "\(name)")
        #expect(name != ProjectFolder.name(of: "/other" + path))
    }

    @Test func settingsComeBackFromTheirDescription() {
        let settings = ArchiveSettings([
            .init("enter", "0.5"), .init("zone", "a=0,0,1,1"), .init("zone", "b = \n x"), .init("labels", ""),
        ])
        let again = ArchiveSettings(description: settings.description)
        #expect(again == settings)
        #expect(again["zone"] == ["a=0,0,1,1", "b =   x"])
        #expect(settings.replacing("zone", with: ["c"])["zone"] == ["c"])
        #expect(settings.fingerprint != settings.replacing("enter", with: ["0.4"]).fingerprint)
    }
}
