import Foundation
import Testing

@testable import Events

/// Records that readers of the socket get.
@Suite(.timeLimit(.minutes(10))) struct EventSocketTests {
    /// A socket with a log.
    private struct Setting {
        let socket: EventSocket
        let log: EventLog
        let path: String

        func add(_ numbers: ClosedRange<Int>, source: String = "door") {
            for number in numbers {
                let line = Fixture.line(number, source: source)
                log.add(line)
                socket.add(line)
            }
        }
    }

    private func withSocket(
        _ change: (inout EventSocket.Settings) -> Void = { _ in }, rotateSize: Int? = nil,
        _ body: (Setting) throws -> Void
    ) throws {
        try Fixture.withFolder { folder in
            var settings = EventSocket.Settings(path: folder + "/events.sock")
            change(&settings)
            let log = EventLog(settings: EventLog.Settings(path: folder + "/events.jsonl", rotateSize: rotateSize))
            let socket = try EventSocket(settings: settings, log: log, states: nil)
            defer { socket.close() }
            try body(Setting(socket: socket, log: log, path: settings.path))
        }
    }

    @Test func readersGetNewRecords() throws {
        try withSocket { setting in
            setting.add(1...5)
            setting.socket.flush(seconds: 1)
            let readers = try (0..<3).map { _ in try TestReader(setting.path) }
            try Fixture.require { setting.socket.statistics.readers == 3 }
            // Records that are added before the request has timed out are sent, too.
            setting.add(6...1000)
            for reader in readers {
                reader.read { $0.last?.seq == 1000 }
                #expect(reader.numbers == Array(6...1000))
                #expect(!reader.text.contains("gap"))
            }
        }
    }

    @Test func filtersSelectRecords() throws {
        try withSocket { setting in
            let reader = try TestReader(setting.path, request: #"{"sources":["yard"],"since":0}"#)
            setting.add(1...10)
            setting.add(11...15, source: "yard")
            setting.add(16...20)
            setting.add(21...21, source: "yard")
            reader.read { $0.last?.seq == 21 }
            #expect(reader.numbers == Array(11...15) + [21])
        }
    }

    /// The backlog is far shorter than the request, and records are added while the log is read.
    @Test(arguments: [0, 1, 500, 1500, 1989, 1990, 1991, 1995, 2000, 3000])
    func recordsOfTheLogAndTheBacklogJoinWithoutGapOrRepeat(_ since: Int) throws {
        try withSocket(
            {
                $0.backlog = 10; $0.readerBuffer = 10
            }, rotateSize: 50_000
        ) { setting in
            setting.add(1...2000)
            setting.log.flush(seconds: 5)
            let reader = try TestReader(setting.path, request: "{\"since\":\(since)}")
            for number in 2001...2400 {
                setting.add(number...number)
                if number.isMultiple(of: 5) { usleep(2000) }  // a rate that lasts while the log is read
            }
            setting.add(3001...3001)
            reader.read { $0.last?.seq == 3001 }
            let missed = reader.lines.compactMap(\.missed).reduce(0, +)
            let wanted = Array(1...2400).filter { $0 > since } + [3001]
            #expect(reader.numbers == reader.numbers.sorted())
            #expect(Set(reader.numbers).count == reader.numbers.count, "no record is repeated")
            #expect(reader.numbers.count + missed == wanted.count, "\(since): \(missed) missed")
            #expect(setting.log.statistics.rotations > 3)
        }
    }

    @Test func recordsNotYetInTheLogAreAwaited() throws {
        try withSocket({
            $0.backlog = 5; $0.readerBuffer = 5
        }) { setting in
            setting.add(1...50)
            setting.log.flush(seconds: 5)
            // The socket is ahead of the log.
            for number in 51...70 { setting.socket.add(Fixture.line(number)) }
            setting.socket.flush(seconds: 1)
            let reader = try TestReader(setting.path, request: #"{"since":40}"#)
            reader.read { $0.last?.seq == 50 }
            #expect(reader.receive(milliseconds: 300) == nil, "the socket waits for the log")
            for number in 51...70 { setting.log.add(Fixture.line(number)) }
            reader.read { $0.last?.seq == 70 }
            #expect(reader.numbers == Array(41...70))
            #expect(!reader.text.contains("gap"))
        }
    }

    @Test func recordsThatAreNoLongerStoredAreAGap() throws {
        try withSocket({
            $0.backlog = 5; $0.readerBuffer = 5
        }) { setting in
            setting.log.add(Fixture.line(1))
            for number in 1...70 { setting.socket.add(Fixture.line(number)) }
            setting.socket.flush(seconds: 1)
            let reader = try TestReader(setting.path, request: #"{"since":0,"follow":false}"#)
            let lines = try reader.readToEnd()
            #expect(lines.map(\.seq) == [1, 65, 66, 67, 68, 69, 70])
            #expect(lines[1].missed == 64)
        }
    }

    @Test func theLastRecordsMayComeFromTheLog() throws {
        try withSocket({
            $0.backlog = 20; $0.readerBuffer = 20
        }) { setting in
            setting.add(1...100)
            setting.log.flush(seconds: 5)
            setting.socket.flush(seconds: 1)
            for (count, first) in [(0, 101), (5, 96), (20, 81), (50, 51), (1000, 1)] {
                let reader = try TestReader(setting.path, request: "{\"last\":\(count),\"follow\":false}")
                #expect(try reader.readToEnd().map(\.seq) == Array(1...100).filter { $0 >= first }, "\(count)")
            }
            let time = try TestReader(setting.path, request: "{\"since\":\"\(Fixture.time(60))\",\"follow\":false}")
            #expect(try time.readToEnd().map(\.seq) == Array(60...100))
        }
    }

    @Test func withoutRecordsAReaderThatDoesNotFollowIsDisconnected() throws {
        try withSocket { setting in
            let requests = [
                #"{"last":10,"follow":false}"#, #"{"since":0,"follow":false}"#, #"{"follow":false}"#,
                #"{"states":true,"follow":false}"#,
            ]
            for request in requests {
                let lines = try TestReader(setting.path, request: request).readToEnd()
                #expect(lines.isEmpty, "\(request)")
            }
        }
    }

    @Test func aRequestMayBeLateOrUnterminated() throws {
        try withSocket { setting in
            setting.add(1...10)
            let late = try TestReader(setting.path)
            try Fixture.require { setting.socket.statistics.readers == 1 }
            setting.add(11...12)
            // Records come only after the time in which the socket expects a request.
            late.read { $0.last?.seq == 12 }
            late.send("{\"since\":9}\n")
            late.read { $0.count == 5 }
            #expect(late.numbers == [11, 12, 10, 11, 12])

            let unfinished = try TestReader(setting.path)
            unfinished.send(#"{"since":10}"#)
            unfinished.endSending()
            unfinished.read { $0.count == 2 }
            setting.add(13...13)
            unfinished.read { $0.last?.seq == 13 }
            #expect(unfinished.numbers == [11, 12, 13], "the connection stays open")
        }
    }

    @Test(arguments: [
        ("hello", "not a JSON object"), ("{\"since\":-1}", "since must be a sequence number"),
        ("{}\n{}", "may send only one line"),
        (String(repeating: "x", count: 20_000), "has at most 16384 bytes"),
    ])
    func invalidRequestsAreRefused(_ request: String, _ complaint: String) throws {
        try withSocket { setting in
            let reader = try TestReader(setting.path, request: request)
            _ = try reader.readToEnd()
            let line = try #require(reader.text.split(separator: "\n").last)
            #expect(EventConnection.complaint(in: Array(line.utf8))?.contains(complaint) == true, "\(reader.text)")
            #expect(setting.socket.statistics.refused == 1)
        }
    }

    @Test func anIncompleteRequestTimesOut() throws {
        try withSocket { setting in
            let reader = try TestReader(setting.path)
            reader.send("{")
            _ = try reader.readToEnd()
            #expect(reader.text.contains("was not complete after 5 s"))
        }
    }

    @Test func randomInputFromManyReadersDoesNotCrash() throws {
        try withSocket { setting in
            let good = try TestReader(setting.path, request: #"{"since":0}"#)
            var random = SystemRandomNumberGenerator()
            for number in 1...300 {
                let reader = try TestReader(setting.path)
                let rubbish = (0..<Int.random(in: 0..<200, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                _ = send(reader.descriptor, rubbish, rubbish.count, Int32(MSG_NOSIGNAL))
                if number.isMultiple(of: 3) { reader.endSending() }
                setting.add(number...number)
            }
            good.read { $0.last?.seq == 300 }
            #expect(good.numbers == Array(1...300))
            try Fixture.require { setting.socket.statistics.readers == 1 }
        }
    }

    @Test func theNumberOfReadersIsLimited() throws {
        try withSocket({ $0.readers = 3 }) { setting in
            let readers = try (0..<3).map { _ in try TestReader(setting.path) }
            try Fixture.require { setting.socket.statistics.readers == 3 }
            let fourth = try TestReader(setting.path)
            _ = try fourth.readToEnd()
            #expect(fourth.text.contains("there are 3 readers already"))
            setting.add(1...1)
            for reader in readers { #expect(reader.read { $0.count == 1 }.count == 1) }
        }
    }
}
