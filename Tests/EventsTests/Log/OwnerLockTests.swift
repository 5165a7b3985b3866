import Events
import Foundation
import TestSupport
import Testing

/// Two processes never write to the same log or folder, and a process recognizes its own lock.
@Suite(.timeLimit(.minutes(10))) struct OwnerLockTests {
    @Test func aSecondOwnerIsRefusedWithTheProcessOfTheFirst() throws {
        try Recording.withFolder { folder in
            let first = try OwnerLock.file(folder + "/events.jsonl")
            let refusal = #expect(throws: OwnerLock.Failure.self) { try OwnerLock.file(folder + "/events.jsonl") }
            #expect(refusal?.isTaken == true)
            #expect(refusal?.description.contains("(process \(getpid()))") == true)
            withExtendedLifetime(first) {}
        }
    }

    /// systemd creates a symbolic link for the folder of logs. It is resolved only once the log exists.
    @Test func aLockIsRecognizedBehindASymbolicLink() throws {
        try Recording.withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/private", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: folder + "/log", withDestinationPath: "private")
            let log = folder + "/log/events.jsonl"
            let lock = try OwnerLock.file(log)
            #expect(FileManager.default.createFile(atPath: log, contents: nil))
            #expect(lock.stands(at: OwnerLock.lockPath(file: log)))
            #expect(!lock.stands(at: OwnerLock.lockPath(file: folder + "/log/samples.jsonl")))
            #expect(!lock.stands(at: OwnerLock.lockPath(folder: folder)))
        }
    }
}
