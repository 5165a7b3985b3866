import Foundation
import Glibc
import Testing

/// What people see of `lookout analyze` and `classify`, and what they may write.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct AnalyzeForPeopleTests {
    /// Runs a line of shell on a terminal.
    private func onTerminal(_ line: String, _ kind: String = "dumb") throws -> [String] {
        let outcome = try Lookout.run(
            "/usr/bin/env", ["script", "-qec", line, "/dev/null"],
            environment: ["TERM": kind, "L": Lookout.path, "CLIP": Lookout.bikes, "GROUPS_FILE": Self.groups])
        #expect(outcome.status == 0, "\(outcome.output)")
        return outcome.output.split(whereSeparator: \.isNewline).map(String.init)
    }

    private static let groups = Lookout.checkout.appendingPathComponent("Config/groups/imagenet.yaml").path

    @Test func aTerminalGetsALineForEachEvent() throws {
        let lines = try onTerminal("$L analyze --groups $GROUPS_FILE $CLIP")
        try #require(lines.count == 2, "\(lines)")
        #expect(lines[0].hasPrefix("00:00:01–00:00:03  minivan (car)  0.8"), "\(lines)")
        #expect(lines[1].hasPrefix("00:00:03–00:00:05  streetcar (train)  0.6"), "\(lines)")
        let two = try onTerminal("$L analyze --labels streetcar $CLIP $CLIP")
        #expect(
            two.count == 2 && two.allSatisfy { $0.hasPrefix("\(Lookout.bikes)  00:00:03–00:00:05  streetcar  0.6") },
            "\(two)")
    }

    @Test func besideTheProgressTheLinesAreWhole() throws {
        let text = try onTerminal("$L analyze $CLIP", "xterm").joined(separator: "\n")
        #expect(text.contains("00:00:03–00:00:05  streetcar  0.6"), "\(text)")
        #expect(text.contains("1 event,"), "\(text)")
    }

    @Test func programsGetJSONOnATerminalToo() throws {
        let json = try onTerminal("$L analyze --json $CLIP")
        #expect(json.count == 2 && json.allSatisfy { $0.hasPrefix("{\"v\":1,") }, "\(json)")
        let piped = try onTerminal("$L analyze $CLIP | cat")
        #expect(piped == json)
    }

    @Test func aRunThatFoundNothingSaysWhatCameNearest() throws {
        let one = try Lookout.run("analyze", "--labels", "mountain bike", Lookout.bikes)
        #expect(one.status == 0 && one.output.isEmpty)
        let start = "lookout: \(Lookout.bikes): no events; the nearest was mountain bike 0."
        #expect(one.errors.hasPrefix(start) && one.errors.contains(", below --enter 0.4, at 00:00:0"), "\(one.errors)")
        #expect(one.complaints.count == 1)
        let short = try Lookout.run(
            "analyze", "--groups", Self.groups, "--labels", "car", "--hold", "1m", Lookout.bikes, Lookout.bikes)
        #expect(
            short.errors.hasPrefix("lookout: 2 recordings: no events; the nearest was racer (car) 0.8"),
            "\(short.errors)")
        #expect(
            short.errors.contains(", but for less than --hold 60, at 00:00:03 of \(Lookout.bikes)\n"), "\(short.errors)"
        )
        #expect(try Lookout.run("analyze", "--labels", "streetcar", Lookout.bikes).errors.isEmpty)
    }

    @Test func timesMayHaveUnits() throws {
        let plain = try Lookout.run("analyze", "--hold", "0.4", "--clear-after", "2", Lookout.bikes)
        let units = try Lookout.run(
            "analyze", "--hold", "400ms", "--clear-after", "2s", "--update", "1h", Lookout.bikes)
        #expect(plain.status == 0 && !plain.output.isEmpty && units.output == plain.output, "\(units.errors)")
    }

    @Test func aPhotoComesFromStandardInput() throws {
        let variables = ["L": Lookout.path, "P": Lookout.coffee]
        let line = try Lookout.run("/bin/sh", ["-c", "cat $P | $L classify --top 1 -"], environment: variables)
        #expect(line.status == 0 && line.output.hasSuffix("  espresso\n"), "\(line.errors)")
        let json = try Lookout.run("/bin/sh", ["-c", "$L classify --json --top 1 - < $P"], environment: variables)
        #expect(json.output.contains("\"file\":\"-\""))
        let empty = try Lookout.run("classify", "-")
        #expect(empty.status == EX_DATAERR && empty.errors.hasPrefix("lookout: standard input: "), "\(empty.errors)")
        let twice = try Lookout.run("classify", "-", "-")
        #expect(twice.status == EX_USAGE && twice.errors.contains("Standard input (-) can be read once."))
    }

    @Test func whatAWatchHasWrittenStaysWhenItIsStartedAgain() throws {
        try Lookout.withFolder { folder in
            let events = folder + "/events.jsonl"
            let samples = folder + "/samples.jsonl"
            try Data("old\n{\"torn\":".utf8).write(to: URL(fileURLWithPath: events))
            for _ in 0..<2 {
                let outcome = try Lookout.run(
                    "watch", "--no-motion", "--hold", "0", "--enter", "0.3", "--events", events, "--samples", samples,
                    Lookout.coffee)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            let lines = try String(contentsOfFile: events, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 6, "\(lines)")
            #expect(lines.prefix(2) == ["old", "{\"torn\":"])
            #expect(lines.dropFirst(2).allSatisfy { $0.hasPrefix("{\"v\":1,") && $0.contains("espresso") })
            #expect(try String(contentsOfFile: samples, encoding: .utf8).split(separator: "\n").count == 2)
        }
    }
}
