import Basics
import Foundation
import Glibc
import Testing

@testable import Events

/// The socket's file: replacement, permissions, removal.
@Suite(.timeLimit(.minutes(10))) struct ListeningSocketTests {
    private func open(_ path: String, mode: UInt32 = 0o660, group: String? = nil) throws -> EventSocket {
        try EventSocket(
            settings: EventSocket.Settings(path: path, mode: mode, group: group), log: nil, states: nil)
    }

    private func status(_ path: String) throws -> stat {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status
    }

    @Test func aStaleSocketIsReplaced() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/s"
            let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            try #require(UnixAddress(path)?.bind(left) == 0)
            try #require(listen(left, 1) == 0)
            close(left)
            let socket = try open(path)
            let reader = try TestReader(path, request: "{}")
            try Fixture.require { socket.statistics.readers == 1 }
            socket.close()
            #expect(!FileManager.default.fileExists(atPath: path))
            _ = try reader.readToEnd()
            // Twice.
            try open(path).close()
        }
    }

    @Test func aSocketInUseIsNotReplaced() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/s"
            let first = try open(path)
            let error = #expect(throws: EventSocket.Failure.self) { try open(path) }
            #expect(error?.description == "\(path): another lookout listens there")
            _ = try TestReader(path)
            try Fixture.require { first.statistics.accepted > 0 }
            first.close()
        }
    }

    @Test func aReplacedSocketIsNotRemoved() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/s"
            let first = try open(path)
            unlink(path)
            let second = try open(path)
            first.close()
            #expect(FileManager.default.fileExists(atPath: path))
            second.close()
        }
    }

    @Test func failuresAreExplained() throws {
        try Fixture.withFolder { folder in
            try "x".write(toFile: folder + "/file", atomically: false, encoding: .utf8)
            let long = folder + "/" + String(repeating: "x", count: 120)
            let cases: [(String, String?, String)] = [
                (folder + "/file", nil, "exists and is not a socket"),
                (folder + "/nowhere/s", nil, "cannot listen: no such file or directory"),
                (long, nil, "a socket's path has at most 107 bytes"),
                (folder + "/s", "no-such-group", "there is no group \"no-such-group\""),
            ]
            for (path, group, reason) in cases {
                let error = #expect(throws: EventSocket.Failure.self) { try open(path, group: group) }
                #expect(error?.description == "\(path): \(reason)")
            }
            #expect(try String(contentsOfFile: folder + "/file", encoding: .utf8) == "x")
            #expect(!FileManager.default.fileExists(atPath: folder + "/s"))
        }
    }

    @Test func modeAndGroupAreSet() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/s"
            let socket = try open(path, mode: 0o620, group: geteuid() == 0 ? "daemon" : nil)
            let status = try status(path)
            #expect(status.st_mode & 0o7777 == 0o620)
            if geteuid() == 0 { #expect(status.st_gid == getgrnam("daemon").pointee.gr_gid) }
            socket.close()
        }
    }

    @Test func anInheritedSocketIsUsedAndNotRemoved() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/s"
            let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            try #require(UnixAddress(path)?.bind(listener) == 0)
            try #require(listen(listener, 5) == 0)
            let socket = EventSocket(
                listening: listener, settings: EventSocket.Settings(path: path), log: nil, states: nil)
            let reader = try TestReader(path, request: #"{"since":0}"#)
            for number in 1...3 { socket.add(Fixture.line(number)) }
            #expect(reader.read { $0.count == 3 }.count == 3)
            socket.close()
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    /// Readers stay connected, and miss nothing, when mode, group, path or sequence numbers change.
    @Test func readersStayConnectedWhenTheSettingsChange() throws {
        try Fixture.withFolder { folder in
            let socket = try open(folder + "/a")
            let reader = try TestReader(folder + "/a", request: #"{"since":0}"#)
            try Fixture.require { socket.statistics.readers == 1 }
            let changes: [EventSocket.Settings] = [
                EventSocket.Settings(path: folder + "/a", mode: 0o600), EventSocket.Settings(path: folder + "/b"),
                EventSocket.Settings(path: folder + "/b", backlog: 3, readerBuffer: 2),
                EventSocket.Settings(path: folder + "/b", backlog: 100), EventSocket.Settings(path: folder + "/a"),
            ]
            for (number, settings) in changes.enumerated() {
                socket.add(Fixture.line(2 * number + 1))
                let preparation = try EventSocket.prepare(settings, replacing: socket)
                socket.add(Fixture.line(2 * number + 2))
                try preparation.publish()
                socket.adopt(preparation, log: nil, states: nil)
                #expect(try status(settings.path).st_mode & 0o7777 == settings.mode)
                let newcomer = try TestReader(settings.path, request: #"{"since":0}"#)
                newcomer.read { $0.last?.seq == 2 * number + 2 }
                #expect(newcomer.numbers.last == 2 * number + 2)
                reader.read { $0.last?.seq == 2 * number + 2 }
            }
            #expect(reader.numbers == Array(1...10))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
            socket.close()
        }
    }

    @Test func anUnpublishedPreparationHasNoEffect() throws {
        try Fixture.withFolder { folder in
            let socket = try open(folder + "/s", mode: 0o640)
            for settings in [
                EventSocket.Settings(path: folder + "/s", mode: 0o666), EventSocket.Settings(path: folder + "/other"),
            ] { _ = try EventSocket.prepare(settings, replacing: socket) }
            #expect(throws: EventSocket.Failure.self) {
                try EventSocket.prepare(
                    EventSocket.Settings(path: folder + "/s", group: "no-such-group"), replacing: socket)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s"])
            #expect(try status(folder + "/s").st_mode & 0o7777 == 0o640)
            _ = try TestReader(folder + "/s")
            try Fixture.require { socket.statistics.accepted == 1 }
            socket.close()
        }
    }

    /// The temporary name may be longer than the path of the socket.
    @Test func aPathMayHaveTheMaximumLength() throws {
        try Fixture.withFolder { folder in
            let deep = folder + "/" + String(repeating: "d", count: 107 - folder.utf8.count - 3)
            try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: false)
            let socket = try open(deep + "/s")
            _ = try TestReader(deep + "/s")
            try Fixture.require { socket.statistics.accepted == 1 }
            socket.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: deep).isEmpty)
        }
    }
}
