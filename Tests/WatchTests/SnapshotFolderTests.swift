import Basics
import Events
import Foundation
import TestSupport
import Testing

@testable import Watch

/// Images of objects: old ones go, other files stay, and a full disk loses images only.
@Suite(.timeLimit(.minutes(10))) struct SnapshotFolderTests {
    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("snaps-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private static func id(_ number: Int) -> EventID {
        EventID(time: Timestamp(seconds: Double(1000 + number)), parts: ["\(number)"])
    }

    private static func names(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    }

    /// Writes the images of objects, each a minute older than the next.
    private static func write(_ count: Int, to folder: String) throws {
        let snapshots = SnapshotFolder(settings: SnapshotSettings(folder: folder))
        for number in 0..<count {
            try snapshots.write(frame: [1, 2, 3], crop: [4, 5], of: id(number))
            for suffix in [".jpg", "-crop.jpg"] {
                let date = Date(timeIntervalSinceNow: Double(60 * (number - count)))
                try FileManager.default.setAttributes(
                    [.modificationDate: date], ofItemAtPath: "\(folder)/\(id(number))\(suffix)")
            }
        }
    }

    @Test func theImagesOfTheOldestObjectsGoTogether() throws {
        try Self.withFolder { folder in
            try Self.write(5, to: folder)
            let snapshots = SnapshotFolder(
                settings: SnapshotSettings(folder: folder, retention: RetentionPolicy(keep: 2)))
            #expect(snapshots.removeOld(now: WallClock.now) == 3)
            let left = Set([3, 4].flatMap { ["\(Self.id($0)).jpg", "\(Self.id($0))-crop.jpg"] })
            #expect(try Self.names(folder) == left)
        }
    }

    @Test func imagesGoAtTheirAge() throws {
        try Self.withFolder { folder in
            try Self.write(5, to: folder)
            let snapshots = SnapshotFolder(
                settings: SnapshotSettings(folder: folder, retention: RetentionPolicy(maxAge: 150)))
            #expect(snapshots.removeOld(now: WallClock.now) == 3)
            #expect(try Self.names(folder).count == 4)
        }
    }

    @Test func otherFilesStay() throws {
        try Self.withFolder { folder in
            try Self.write(1, to: folder)
            let others = [
                "holiday.jpg", "01ARZ3NDEKTSV4RRFFQ69G5FAV.png", "01arz3ndektsv4rrffq69g5fav.jpg", "x.partial",
            ]
            for name in others { try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
            let snapshots = SnapshotFolder(
                settings: SnapshotSettings(folder: folder, retention: RetentionPolicy(maxAge: 0)))
            #expect(snapshots.removeOld(now: WallClock.now) == 1)
            #expect(try Self.names(folder) == Set(others))
        }
    }

    /// What a program that was killed left behind.
    @Test func partsOfImagesGoAtTheStart() throws {
        try Self.withFolder { folder in
            let part = "\(folder)/\(Self.id(1)).jpg.0123456789abc.partial"
            try Data([1]).write(to: URL(fileURLWithPath: part))
            try SnapshotFolder(settings: SnapshotSettings(folder: folder)).prepare()
            #expect(try Self.names(folder).isEmpty)
        }
    }

    @Test func nothingIsWrittenBelowTheFreeSpace() throws {
        try Self.withFolder { folder in
            let snapshots = SnapshotFolder(
                settings: SnapshotSettings(folder: folder, retention: RetentionPolicy(freeSpace: .max)))
            #expect(throws: (any Error).self) { try snapshots.write(frame: [1], crop: [2], of: Self.id(1)) }
            let names = try Self.names(folder)
            #expect(names.isEmpty)
        }
    }

    @Test func aFolderThatCannotBeCreatedSaysWhy() {
        #expect {
            try SnapshotWriter.prepare(SnapshotSettings(folder: "/nowhere/snapshots"))
        } throws: {
            "\($0)".contains("/nowhere/snapshots") && "\($0)".contains("No such file or directory")
        }
    }

    @Test(arguments: [
        (BoundingBox(x: 0.4, y: 0.4, width: 0.2, height: 0.2), [0.37, 0.37, 0.26, 0.26]),
        (BoundingBox(x: -0.1, y: 0.8, width: 0.3, height: 0.4), [0, 0.74, 0.245, 0.26]),
        (BoundingBox(x: 0.999, y: 0.999, width: 0.2, height: 0.2), [0.969, 0.969, 0.031, 0.031]),
        (BoundingBox(x: 1.5, y: 0.5, width: 0, height: 0), [0.99, 0.5, 0.01, 0.01]),
    ]) func aCropLiesInTheFrame(box: BoundingBox, wanted: [Double]) {
        let region = SnapshotWriter.surroundings(of: box)
        let found = [region.x, region.y, region.width, region.height]
        #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-9 }, "\(found)")
    }
}
