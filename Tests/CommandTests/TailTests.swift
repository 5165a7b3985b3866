import Foundation
import Glibc
import TestSupport
import Testing

/// `lookout tail`, as its users run it, with a service that makes up its events.
@Suite(.timeLimit(.minutes(20))) struct TailTests {
    private static let lines = [
        #"{"v":1,"seq":1,"time":"2026-11-22T21:17:03.412Z","type":"start","id":"A","source":"door","region":"full","label":"tabby cat","group":"cat","score":0.831,"media":1,"model":"m"}"#,
        #"{"v":1,"seq":2,"time":"2026-11-22T21:17:04.000Z","type":"source_lost","id":"S","source":"yard","reason":"connection refused"}"#,
        #"{"v":1,"seq":3,"time":"2026-11-22T21:17:06.612Z","type":"end","id":"A","source":"door","region":"full","label":"tabby cat","group":"cat","score":0.5,"media":4.2,"model":"m","duration":3.2,"peak":0.831,"mean":0.7,"samples":9,"reason":"cleared"}"#,
        #"{"v":1,"seq":15,"time":"2026-11-22T21:18:00.000Z","type":"gap","missed":12}"#,
        #"{"v":1,"seq":16,"time":"2026-11-22T21:18:01.000Z","type":"source_found","id":"S","source":"yard","duration":57}"#,
        #"{"v":1,"seq":17,"time":"2026-11-22T21:18:02.000Z","type":"end","id":"B","source":"yard","region":"gate","label":"cab","score":0.5,"media":4.2,"model":"m","duration":0.25,"peak":0.61,"mean":0.5,"samples":2,"reason":"restart"}"#,
    ]

    private static let texts = [
        "2026-11-22 21:17:03  door  tabby cat (cat)  started, score 0.83",
        "2026-11-22 21:17:04  yard  source lost: connection refused",
        "2026-11-22 21:17:06  door  tabby cat (cat)  ended after 3.2 s, peak 0.83",
        "2026-11-22 21:18:00  gap: 12 lines missed",
        "2026-11-22 21:18:01  yard  source found after 57.0 s",
        "2026-11-22 21:18:02  yard  gate  cab  ended after 0.3 s, peak 0.61 (restart)",
    ]

    private func withLog(_ body: (String) throws -> Void) throws {
        try Lookout.withFolder { folder in
            let path = folder + "/events.jsonl"
            try (Self.lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: false, encoding: .utf8)
            try body(path)
        }
    }

    @Test func peopleReadSentences() throws {
        try withLog { path in
            let outcome = try Lookout.run("tail", path, environment: ["TZ": "UTC"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == Self.texts.joined(separator: "\n") + "\n", "no colours: nobody is looking")
            let far = try Lookout.run("tail", "-n", "1", path, environment: ["TZ": "Asia/Kolkata"])
            #expect(far.output.hasPrefix("2026-11-23 02:48:02"), "\(far.output)")
        }
    }

    @Test func aSourceThatFreezesIsToldInWords() throws {
        let lines = [
            #"{"v":1,"seq":1,"time":"2026-11-22T21:18:03.000Z","type":"source_frozen","id":"F","source":"yard"}"#,
            #"{"v":1,"seq":2,"time":"2026-11-22T21:19:09.500Z","type":"source_thawed","id":"F","source":"yard","duration":66.5}"#,
        ]
        let texts = [
            "2026-11-22 21:18:03  yard  source frozen: its frames repeat bit for bit",
            "2026-11-22 21:19:09  yard  source thawed after 66.5 s",
        ]
        try Lookout.withFolder { folder in
            let path = folder + "/events.jsonl"
            try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: false, encoding: .utf8)
            #expect(
                try Lookout.run("tail", path, environment: ["TZ": "UTC"]).output == texts.joined(separator: "\n") + "\n"
            )
            let thawed = try Lookout.run("tail", "--type", "source_thawed", path, environment: ["TZ": "UTC"])
            #expect(thawed.output == texts[1] + "\n")
        }
    }

    @Test func programsReadTheLinesThemselves() throws {
        let cases: [([String], [Int])] = [
            ([], [0, 1, 2, 3, 4, 5]), (["-n", "2"], [4, 5]), (["-n", "0"], []), (["--since", "2"], [2, 3, 4, 5]),
            (["--since", "2026-11-22T21:18:00Z"], [3, 4, 5]), (["--since", "1000d"], [0, 1, 2, 3, 4, 5]),
            (["--source", "yard"], [1, 3, 4, 5]), (["--label", "cat"], [0, 2, 3]), (["--label", "cab"], [3, 5]),
            (["--type", "end", "--source", "door"], [2, 3]),
            (["--source", "door", "--source", "yard", "-n", "3"], [3, 4, 5]),
        ]
        try withLog { path in
            for (arguments, places) in cases {
                let outcome = try Lookout.run(Lookout.path, ["tail", "--json"] + arguments + [path])
                #expect(
                    outcome.output.split(separator: "\n").map(String.init) == places.map { Self.lines[$0] },
                    "\(arguments)")
                #expect(outcome.errors.isEmpty)
            }
        }
    }

    @Test func aTerminalGetsColoursUnlessTheyAreRefused() throws {
        try withLog { path in
            for (environment, isColoured) in [([:], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false)] {
                let outcome = try Lookout.run(
                    "/usr/bin/env", ["script", "-qec", "\(Lookout.path) tail \(path)", "/dev/null"],
                    environment: ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 })
                try #require(outcome.output.contains("started"))
                #expect(outcome.output.contains("\u{1B}[32m") == isColoured, "\(environment)")
            }
        }
    }

    @Test func whatCannotBeReadIsSaid() throws {
        try Lookout.withFolder { folder in
            let cases: [([String], String, Int32)] = [
                ([folder + "/nothing"], "nothing: no such file or directory", EX_NOINPUT),
                ([folder], "is neither a socket nor a regular file", EX_NOINPUT),
                (["-n", "-1"], "-n", EX_USAGE), (["--since", "yesterday"], "yesterday", EX_USAGE),
                (["-n", "1", "--since", "1"], "exclude each other", EX_USAGE),
                (["--since", "2026-02-30T00:00:00Z"], "February 2026 has the days 1 to 28", EX_USAGE),
                (["--type", "foo"], "there is no such type; there are start, update, end, enter, leave, ", EX_USAGE),
                (["--type", "source-lost"], "did you mean source_lost?", EX_USAGE),
            ]
            for (arguments, complaint, status) in cases {
                let outcome = try Lookout.run(Lookout.path, ["tail"] + arguments)
                #expect(outcome.status == status, "\(arguments)")
                #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
            }
        }
    }

    @Test func aReaderWhoHasReadEnoughIsNoNews() throws {
        try withLog { path in
            for follow in ["", "-f"] {
                let outcome = try Lookout.run(
                    "/bin/bash", ["-c", "$L tail \(follow) $LOG | head -1; echo ${PIPESTATUS[0]}"],
                    environment: ["L": Lookout.path, "LOG": path, "TZ": "UTC"])
                #expect(outcome.errors.isEmpty)
                // Without -f, all may have been written before the reader went.
                let endings =
                    ["\(Self.texts[0])\n\(128 + SIGPIPE)\n"] + (follow.isEmpty ? ["\(Self.texts[0])\n0\n"] : [])
                #expect(endings.contains(outcome.output), "\(outcome.output)")
            }
        }
    }
}

/// `lookout tail -f`, while a service writes, rotates, is killed and comes back.
@Suite(.timeLimit(.minutes(20))) struct TailFollowTests {
    /// A program that runs beside the test, and what it prints goes to a file.
    private final class Background {
        let process = Process()
        let output: String

        init(_ arguments: [String], output: String) throws {
            self.output = output
            try Data().write(to: URL(fileURLWithPath: output))
            process.executableURL = URL(fileURLWithPath: Lookout.path)
            process.arguments = arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle(forWritingAtPath: output)
            try process.run()
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        var numbers: [Int] { TailFollowTests.numbers(output) }

        func end(_ signal: Int32) {
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
        }
    }

    /// The numbers of the lines of files.
    fileprivate static func numbers(_ paths: String..., source: String? = nil) -> [Int] {
        let lines = paths.flatMap {
            (FileManager.default.contents(atPath: $0) ?? Data()).split(separator: UInt8(ascii: "\n"))
        }
        return lines.compactMap { line in
            guard let line = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else { return nil }
            return source == nil || line["source"] as? String == source ? line["seq"] as? Int : nil
        }
    }

    private func service(_ folder: String, _ extra: String...) throws -> Background {
        let arguments = [
            "bench", "events", "--log", folder + "/events.jsonl", "--socket", folder + "/s", "--state",
            folder + "/state",
            "--rate", "300", "--seconds", "3600",
        ]
        let service = try Background(arguments + extra, output: folder + "/service-\(UUID().uuidString)")
        try require { FileManager.default.fileExists(atPath: folder + "/s") }
        return service
    }

    private func require(_ condition: () -> Bool) throws {
        let hasCome = TestTimeout.wait(for: condition)
        try #require(hasCome, "it has not come")
    }

    @Test func aFileIsFollowedOverRotation() throws {
        try Lookout.withFolder { folder in
            let service = try service(folder, "--rotate-size", "20000")
            let log = folder + "/events.jsonl"
            try require { !Self.numbers(log).isEmpty }
            let tail = try Background(["tail", "-f", "--json", "--since", "0", log], output: folder + "/tail")
            try require { FileManager.default.fileExists(atPath: log + ".8") }
            service.end(SIGTERM)
            let last = try #require(Self.numbers(log + ".1", log).last)
            try require { tail.numbers.last == last }
            #expect(tail.numbers == Array(1...last))
        }
    }

    @Test func aServiceThatIsKilledAndStartedAgainIsFollowed() throws {
        try Lookout.withFolder { folder in
            var service = try service(folder)
            let tail = try Background(
                ["tail", "-f", "--json", "--since", "0", folder + "/s"], output: folder + "/tail")
            let some = try Background(
                ["tail", "-f", "--json", "-n", "0", "--source", "door1", folder + "/s"], output: folder + "/some")
            for signal in [SIGKILL, SIGTERM, SIGKILL] {
                let before = tail.numbers.last ?? 0
                try require { (tail.numbers.last ?? 0) > before + 200 }
                service.end(signal)
                service = try self.service(folder)
            }
            let before = tail.numbers.last ?? 0
            try require { (tail.numbers.last ?? 0) > before + 200 }
            service.end(SIGTERM)
            let logged = Self.numbers(folder + "/events.jsonl")
            try require { tail.numbers.last == logged.last }
            #expect(tail.numbers == logged, "nothing lost, nothing twice")
            #expect(zip(logged, logged.dropFirst()).allSatisfy { $0 < $1 })
            #expect(tail.process.isRunning)
            // With a filter, too; from the first that it saw.
            let wanted = Self.numbers(folder + "/events.jsonl", source: "door1")
            try require { some.numbers.last == wanted.last }
            #expect(some.numbers == wanted.suffix(some.numbers.count))
            #expect(some.numbers.count > 50)
        }
    }

    @Test func aReaderWhoGoesEndsTheFollowing() throws {
        try Lookout.withFolder { folder in
            let service = try service(folder)
            let outcome = try Lookout.run(
                "/bin/bash", ["-c", "$L tail -f $S | head -2 | wc -l; echo ${PIPESTATUS[0]}"],
                environment: ["L": Lookout.path, "S": folder + "/s"])
            #expect(outcome.output == "2\n\(128 + SIGPIPE)\n")
            #expect(outcome.errors.isEmpty)
            service.end(SIGINT)
            #expect(service.process.terminationStatus == 0)
        }
    }
}
