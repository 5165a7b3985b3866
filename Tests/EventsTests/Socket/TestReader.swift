import Basics
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Events

/// A reader of a socket for tests.
final class TestReader {
    let descriptor: Int32
    /// Bytes of an incomplete line; and the complete lines.
    private var rest: [UInt8] = []
    private(set) var lines: [LoggedLine] = []
    private(set) var text = ""

    /// Sequence numbers of the lines. With `keepsLines` false, nothing else is stored.
    private(set) var sequences: [Int] = []
    private let keepsLines: Bool

    init(_ path: String, request: String? = nil, keepsLines: Bool = true) throws {
        self.keepsLines = keepsLines
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let address = try #require(UnixAddress(path: path))
        try #require(address.connect(descriptor) == 0, "\(String(cString: strerror(errno)))")
        if let request { send(request + "\n") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Closes the writing end.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads until a condition holds, the connection is closed, or time is up.
    @discardableResult
    func read(seconds: Double = TestTimeout.seconds, until isEnough: ([LoggedLine]) -> Bool) -> [LoggedLine] {
        let end = Date() + seconds
        while Date() < end {
            if isEnough(lines) { break }
            guard receive(milliseconds: 50) != false else { break }
        }
        return lines
    }

    /// Reads until the connection is closed.
    func readToEnd(seconds: Double = TestTimeout.seconds) throws -> [LoggedLine] {
        let end = Date() + seconds
        while Date() < end {
            if receive(milliseconds: 50) == false { return lines }
        }
        Issue.record("the other side has not let go")
        return lines
    }

    /// Sends a request, and returns all lines until the connection is closed.
    static func lines(_ path: String, request: String) throws -> [String] {
        let reader = try TestReader(path, request: request)
        _ = try reader.readToEnd()
        return reader.text.split(separator: "\n").map(String.init)
    }

    /// - Returns: false if the connection is closed; nil if there was nothing.
    func receive(milliseconds: Int32) -> Bool? {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, milliseconds) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        rest += buffer[..<count]
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return true }
        sequences += rest[...end].split(separator: UInt8(ascii: "\n")).compactMap { LoggedLine.sequence(of: $0) }
        defer { rest.removeFirst(end + 1) }
        guard keepsLines else { return true }
        text += String(decoding: rest[...end], as: UTF8.self)
        lines += rest[...end].split(separator: UInt8(ascii: "\n")).compactMap { LoggedLine($0) }
        return true
    }

    /// Sequence numbers without those of `gap` records.
    var numbers: [Int] { lines.filter { $0.type != "gap" }.map(\.seq) }
}
