import Foundation
import TestSupport
import Testing

/// A real recording, real weights: events.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct AnalyzeTests {
    struct Event: Decodable, Equatable {
        var seq: Int
        var type: String
        var id: String
        var label: String
        var group: String?
        var media: Double
        var reason: String?
    }

    private func events(_ arguments: String...) throws -> (events: [Event], text: String) {
        let outcome = try Lookout.run(Lookout.path, ["analyze"] + arguments)
        try #require(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.isEmpty || outcome.output.isEmpty,
            "without a terminal there are no messages, unless there are no events")
        let lines = outcome.output.split(separator: "\n")
        return (try lines.map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }, outcome.output)
    }

    @Test func theStreetcarOfTheClipIsSeen() throws {
        let events = try events(Lookout.bikes).events
        #expect(events.map(\.type) == ["start", "end"])
        #expect(events.map(\.label) == ["streetcar", "streetcar"])
        #expect(events.map(\.seq) == [1, 2])
        #expect(events[0].id == events[1].id)
        #expect(abs(events[0].media - 3.2) < 0.3)
        #expect(abs(events[1].media - 5.4) < 0.3)
        #expect(events[1].reason == "cleared")
    }

    @Test func groupsCountAsOne() throws {
        let groups = Lookout.checkout.appendingPathComponent("Config/groups/imagenet.yaml").path
        let events = try events("--groups", groups, "--labels", "car,train", Lookout.bikes).events
        #expect(Set(events.compactMap(\.group)) == ["car", "train"])
    }

    @Test func labelsAreAllowedAndIgnored() throws {
        #expect(try events("--ignore", "streetcar", Lookout.bikes).events.isEmpty)
        #expect(try events("--labels", "espresso,tabby", Lookout.bikes).events.isEmpty)
        #expect(try events("--labels", "Streetcar", Lookout.bikes).events.count == 2)
    }

    @Test func outputIsValidByTheSchema() throws {
        try Lookout.withFolder { folder in
            let samples = folder + "/samples.jsonl"
            let text = try events("--samples", samples, "--update", "1s", Lookout.bikes).text
            #expect(try EventSchema.violations(in: text) == [])
            let lines = try String(contentsOfFile: samples, encoding: .utf8)
            #expect(!lines.isEmpty)
            #expect(try EventSchema.violations(in: lines, definition: "sample") == [])
        }
    }

    @Test func jobsAndRunsMakeNoDifference() throws {
        let one = try events("--fps", "all", "--workers", "1", "--enter", "0.15", Lookout.bikes).text
        let two = try events("--fps", "all", "--workers", "2", "--enter", "0.15", Lookout.bikes).text
        let again = try events("--fps", "all", "--workers", "2", "--enter", "0.15", Lookout.bikes).text
        #expect(one == two)
        #expect(two == again)
        #expect(one.split(separator: "\n").count > 4)
    }

    @Test func samplesHaveTheirTimesAndScores() throws {
        try Lookout.withFolder { folder in
            let path = folder + "/samples.jsonl"
            _ = try events("--fps", "2", "--samples", path, Lookout.bikes)
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 20)
            for (index, line) in lines.enumerated() {
                let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let media = try #require(object["media"] as? Double)
                #expect(abs(media - Double(index) / 2) < 0.05)
                #expect((object["scores"] as? [[String: Any]])?.count == 5)
            }
        }
    }

    @Test func eventsCanGoToAFile() throws {
        try Lookout.withFolder { folder in
            let path = folder + "/events.jsonl"
            let outcome = try Lookout.run("analyze", "--events", path, Lookout.bikes)
            #expect(outcome.status == 0)
            #expect(outcome.output.isEmpty)
            #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 2)
        }
    }

    /// Times stay the recording's own: the part has the samples that the whole has there.
    @Test func aPartCanBeAnalysed() throws {
        try Lookout.withFolder { folder in
            func samples(_ arguments: [String]) throws -> [Substring] {
                let path = folder + "/samples"
                let outcome = try Lookout.run(
                    Lookout.path, ["analyze", "--events", "/dev/null", "--samples", path] + arguments + [Lookout.bikes])
                #expect(outcome.status == 0, "\(outcome.errors)")
                return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            }
            let whole = try samples([])
            #expect(try samples(["--from", "0:02", "--to", "4.5s"]) == Array(whole[10..<23]))
            #expect(try samples(["--from", "8"]) == Array(whole[40...]))
        }
        for arguments in [
            ["--from", "5", "--to", "5"], ["--to", "0"], ["--from", "-1"], ["--from", "1:75"], ["--to", "x"],
        ] {
            #expect(
                try Lookout.run(Lookout.path, ["analyze"] + arguments + [Lookout.bikes]).status == 64, "\(arguments)")
        }
        let late = try Lookout.run("analyze", "--from", "1:00:00", Lookout.bikes)
        #expect(late.status == 65 && late.errors.contains("over before the part"), "\(late.errors)")
    }

    @Test func theStartCanBeGiven() throws {
        let text = try events("--start", "2026-11-22T21:17:00Z", Lookout.bikes).text
        #expect(text.contains("\"time\":\"2026-11-22T21:17:03.200Z\""))
    }

    @Test func aDamagedRecordingIsAnalysedAndReported() throws {
        try Lookout.withFolder { folder in
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Lookout.bikes)))
            for at in 350_000..<370_000 { bytes[at] = UInt8(truncatingIfNeeded: at &* 31 &+ at >> 7) }
            let path = folder + "/corrupt.mp4"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let outcome = try Lookout.run("analyze", path)
            #expect(outcome.status == 65)
            #expect(outcome.complaints.count == 1)
            #expect(outcome.errors.hasPrefix("lookout: \(path): 1 corrupt segment skipped ("), "\(outcome.errors)")
            #expect(outcome.output.contains("\"streetcar\""), "what comes before is still seen")
        }
    }
}
