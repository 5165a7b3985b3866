import Foundation
import TestSupport
import Testing

@testable import Events

/// Readers that are too slow, or do not read at all.
@Suite(.timeLimit(.minutes(10))) struct SlowReaderTests {
    private func withSocket(
        _ change: (inout EventSocket.Settings) -> Void, _ body: (EventSocket, String) throws -> Void
    ) throws {
        try Fixture.withFolder { folder in
            var settings = EventSocket.Settings(path: folder + "/events.sock")
            change(&settings)
            let socket = try EventSocket(settings: settings, log: nil, states: nil)
            defer { socket.close() }
            try body(socket, settings.path)
        }
    }

    /// Returns a reader whose request has been handled: it has received record 1, which is added for it.
    private func reader(_ path: String, request: String, of socket: EventSocket) throws -> TestReader {
        let reader = try TestReader(path, request: request)
        try Fixture.require { socket.statistics.readers == 1 }
        socket.add(Fixture.line(1, source: "yard"))
        try #require(reader.read { !$0.isEmpty }.count == 1)
        return reader
    }

    @Test func aSlowReaderGetsAGap() throws {
        try withSocket({
            $0.readerBuffer = 50; $0.backlog = 10
        }) { socket, path in
            let slow = try TestReader(path, request: "{}")
            let quick = try TestReader(path, request: "{}")
            try Fixture.require { socket.statistics.readers == 2 }
            for number in 1...3000 {
                socket.add(Fixture.line(number, filler: 300))
                if number.isMultiple(of: 10) { quick.read { $0.last?.seq == number } }
            }
            #expect(quick.numbers == Array(1...3000))
            slow.read { $0.last?.seq == 3000 }
            let missed = slow.lines.compactMap(\.missed)
            #expect(missed.count == 1, "one line says it")
            #expect(slow.numbers.count + missed.reduce(0, +) == 3000)
            #expect(slow.lines.map(\.seq) == slow.lines.map(\.seq).sorted())
            #expect(socket.statistics.missed == missed.reduce(0, +))
            #expect(socket.statistics.cutOff == 0)
            // From then on it is like any other.
            socket.add(Fixture.line(3001))
            #expect(slow.read { $0.last?.seq == 3001 }.last?.seq == 3001)
        }
    }

    @Test func gapsCountOnlyRecordsThatPassTheFilter() throws {
        try withSocket({
            $0.readerBuffer = 10; $0.backlog = 0
        }) { socket, path in
            let slow = try reader(path, request: #"{"sources":["yard"]}"#, of: socket)
            for number in 2...4001 {
                socket.add(Fixture.line(number, source: number.isMultiple(of: 2) ? "door" : "yard", filler: 300))
            }
            socket.flush(seconds: 0.1)
            slow.read { $0.last?.seq == 4001 }
            #expect(slow.numbers.count + slow.lines.compactMap(\.missed).reduce(0, +) == 2001)
        }
    }

    @Test func aReaderThatNeverReadsIsDisconnectedAfterATime() throws {
        try withSocket({ $0.timeout = 1 }) { socket, path in
            let dead = try reader(path, request: "{}", of: socket)
            let idle = try TestReader(path, request: #"{"sources":["nowhere"]}"#)
            try Fixture.require { socket.statistics.readers == 2 }
            for number in 2...2001 { socket.add(Fixture.line(number, filler: 300)) }
            // A reader without records is not slow.
            try Fixture.require { socket.statistics.cutOff == 1 && socket.statistics.readers == 1 }
            let lines = try dead.readToEnd()
            #expect(lines.map(\.seq) == Array(1...lines.count))
            withExtendedLifetime(idle) {}
        }
    }

    @Test func aReaderThatNeverReadsIsDisconnectedAfterManyBytes() throws {
        try withSocket({
            $0.readerBuffer = 10; $0.backlog = 10; $0.unreadLimit = 100_000
        }) { socket, path in
            let dead = try reader(path, request: "{}", of: socket)
            for number in 2...3001 { socket.add(Fixture.line(number, filler: 300)) }
            try Fixture.require { socket.statistics.cutOff == 1 }
            withExtendedLifetime(dead) {}
        }
    }

    @Test func flushingDoesNotWaitForReadersThatDoNotRead() throws {
        try withSocket({ _ in }) { socket, path in
            let dead = try reader(path, request: "{}", of: socket)
            for number in 2...2001 { socket.add(Fixture.line(number, filler: 300)) }
            let start = Date()
            socket.flush(seconds: 2 * TestTimeout.seconds)
            #expect(Date().timeIntervalSince(start) < TestTimeout.seconds)
            withExtendedLifetime(dead) {}
        }
    }

    /// The short form of `make socket-soak`: 200 readers of which 50 never read, 200 records a second.
    @Test func twoHundredReadersOfWhichFiftyNeverRead() throws {
        try withSocket({ $0.timeout = 600 }) { socket, path in
            let dead = try (0..<50).map { _ in try TestReader(path, request: "{}") }
            let readers = try (0..<150).map { _ in try TestReader(path, request: #"{"since":0}"#, keepsLines: false) }
            try Fixture.require { socket.statistics.readers == 200 }
            let count = 2000
            var durations: [Double] = []
            for number in 1...count {
                let line = Fixture.line(number, filler: 200)
                let start = EventClock.system.monotonic()
                socket.add(line)
                durations.append(EventClock.system.monotonic() - start)
                usleep(4000)  // the rate of records
                if number.isMultiple(of: 50) {
                    for reader in readers { reader.read { _ in reader.sequences.last == number } }
                }
            }
            for reader in readers { #expect(reader.sequences == Array(1...count)) }
            // The median, because other programs may have had the processors now and then. A caller that waited for
            // idle readers would wait each time.
            #expect(durations.sorted()[count / 2] < 0.1, "nobody who writes lines waits for readers")
            #expect(socket.statistics.readers == 200)
            withExtendedLifetime(dead) {}
        }
    }
}
