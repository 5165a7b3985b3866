import Foundation
import Testing

@testable import Events

/// Readers that are too slow, or do not read at all.
@Suite struct SlowReaderTests {
    private func withSocket(
        _ change: (inout EventSocket.Settings) -> Void, _ body: (EventSocket, String) throws -> Void
    ) throws {
        try Made.withFolder { folder in
            var settings = EventSocket.Settings(path: folder + "/events.sock")
            change(&settings)
            let socket = try EventSocket(settings: settings, log: nil, states: nil)
            defer { socket.stop() }
            try body(socket, settings.path)
        }
    }

    @Test func whoReadsTooSlowlyIsToldWhatIsMissing() throws {
        try withSocket({ $0.readerBuffer = 50; $0.backlog = 10 }) { socket, path in
            let slow = try TestReader(path, request: "{}")
            let quick = try TestReader(path, request: "{}")
            try Made.require { socket.statistics.readers == 2 }
            for number in 1...3000 {
                socket.add(Made.line(number, filler: 300))
                if number.isMultiple(of: 10) { _ = quick.receive(milliseconds: 100) }
            }
            quick.read { $0.last?.seq == 3000 }
            #expect(quick.numbers == Array(1...3000))
            slow.read { $0.last?.seq == 3000 }
            let missed = slow.lines.compactMap(\.missed)
            #expect(missed.count == 1, "one line says it")
            #expect(slow.numbers.count + missed.reduce(0, +) == 3000)
            #expect(slow.lines.map(\.seq) == slow.lines.map(\.seq).sorted())
            #expect(socket.statistics.missed == missed.reduce(0, +))
            #expect(socket.statistics.cutOff == 0)
            // From then on it is like any other.
            socket.add(Made.line(3001))
            #expect(slow.read { $0.last?.seq == 3001 }.last?.seq == 3001)
        }
    }

    @Test func onlyWhatAReaderWantsIsMissing() throws {
        try withSocket({ $0.readerBuffer = 10; $0.backlog = 0 }) { socket, path in
            let slow = try TestReader(path, request: #"{"sources":["yard"]}"#)
            try Made.require { socket.statistics.readers == 1 }
            usleep(100_000)
            for number in 1...4000 {
                socket.add(Made.line(number, source: number.isMultiple(of: 2) ? "yard" : "door", filler: 300))
            }
            socket.flush(seconds: 0.1)
            slow.read { $0.last?.seq == 4000 }
            #expect(slow.numbers.count + slow.lines.compactMap(\.missed).reduce(0, +) == 2000)
        }
    }

    @Test func whoNeverReadsIsCutOffAfterATime() throws {
        try withSocket({ $0.patience = 1 }) { socket, path in
            let dead = try TestReader(path, request: "{}")
            let idle = try TestReader(path, request: #"{"sources":["nowhere"]}"#)
            try Made.require { socket.statistics.readers == 2 }
            usleep(100_000)
            for number in 1...2000 { socket.add(Made.line(number, filler: 300)) }
            // One that has nothing to read is not slow.
            try Made.require { socket.statistics.cutOff == 1 && socket.statistics.readers == 1 }
            let lines = try dead.readToEnd()
            #expect(lines.map(\.seq) == Array(1...lines.count))
            withExtendedLifetime(idle) {}
        }
    }

    @Test func whoNeverReadsIsCutOffAfterManyBytes() throws {
        try withSocket({ $0.readerBuffer = 10; $0.backlog = 10; $0.patienceBytes = 100_000 }) { socket, path in
            let dead = try TestReader(path, request: "{}")
            try Made.require { socket.statistics.readers == 1 }
            usleep(100_000)
            for number in 1...3000 { socket.add(Made.line(number, filler: 300)) }
            try Made.require { socket.statistics.cutOff == 1 }
            withExtendedLifetime(dead) {}
        }
    }

    @Test func flushingDoesNotWaitForTheDead() throws {
        try withSocket({ _ in }) { socket, path in
            let dead = try TestReader(path, request: "{}")
            try Made.require { socket.statistics.readers == 1 }
            usleep(100_000)
            for number in 1...2000 { socket.add(Made.line(number, filler: 300)) }
            let start = Date()
            socket.flush(seconds: 30)
            #expect(Date().timeIntervalSince(start) < 15)
            withExtendedLifetime(dead) {}
        }
    }

    /// The short form of `make socket-soak`: 200 readers of which 50 never read, 200 lines a second.
    @Test func twoHundredReadersOfWhichFiftyNeverRead() throws {
        try withSocket({ $0.patience = 600 }) { socket, path in
            let dead = try (0..<50).map { _ in try TestReader(path, request: "{}") }
            let readers = try (0..<150).map { _ in try TestReader(path, request: #"{"since":0}"#, keepsLines: false) }
            try Made.require { socket.statistics.readers == 200 }
            let count = 2000
            var durations: [Double] = []
            for number in 1...count {
                let line = Made.line(number, filler: 200)
                let start = EventClock.system.steady()
                socket.add(line)
                durations.append(EventClock.system.steady() - start)
                usleep(4000)
                if number.isMultiple(of: 50) { for reader in readers { _ = reader.receive(milliseconds: 0) } }
            }
            for reader in readers {
                reader.read { _ in reader.sequences.last == count }
                #expect(reader.sequences == Array(1...count))
            }
            // All but those during which other programs had the processors.
            #expect(durations.sorted()[count * 99 / 100] < 0.1, "nobody who writes lines waits for readers")
            #expect(socket.statistics.readers == 200)
            withExtendedLifetime(dead) {}
        }
    }
}
