import Basics
import Foundation
import Glibc
import TestSupport
import Testing

/// Labels, names and reasons that want to move the terminal's cursor: nobody prints them as they are.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct HostileTextTests {
    private static let escape = "\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}\u{7F}"

    /// A model whose labels are control sequences: what the photo and the clip show, among others.
    private func model(in folder: String) throws -> String {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: Lookout.model))
        // In the JSON of the header, and as long as what was there.
        for (label, hostile) in [
            ("espresso", #"\u001b[2"#), ("streetcar", #"\u009b31m"#), ("Egyptian cat", #"\u202e\u007f"#),
        ] {
            let place = try #require(bytes.range(of: Data("\\n\(label)\\n".utf8)), "\(label)")
            bytes.replaceSubrange(place, with: Data("\\n\(hostile)\\n".utf8))
        }
        let path = folder + "/hostile.safetensors"
        try bytes.write(to: URL(fileURLWithPath: path))
        return path
    }

    private func expectHarmless(_ outcome: Lookout.Outcome, _ comment: String) {
        for text in [outcome.output, outcome.errors] {
            let bad = text.unicodeScalars.filter { !$0.isPrintable && $0 != "\n" }
            #expect(bad.isEmpty, "\(comment): \(bad.map { String($0.value, radix: 16) })")
        }
    }

    @Test func labelsOfAModelAreWrittenOut() throws {
        try Lookout.withFolder { folder in
            let model = try model(in: folder)
            let text = try Lookout.run("classify", "--model", model, Lookout.coffee, Lookout.chelsea)
            #expect(
                text.output.contains("  \\u{1b}[2\n") && text.output.contains("  \\u{202e}\\u{7f}\n"), "\(text.output)")
            expectHarmless(text, "classify")
            let json = try Lookout.run("classify", "--json", "--model", model, Lookout.coffee)
            let answer = try JSONDecoder().decode(ClassifyTests.Answer.self, from: Data(json.output.utf8))
            #expect(answer.labels[0].label == "\u{1B}[2", "JSON says what the label is")
            expectHarmless(json, "classify --json")
            for arguments in [["analyze", "--samples", folder + "/samples"], ["analyze", "--enter", "1"]] {
                expectHarmless(
                    try Lookout.run(Lookout.path, arguments + ["--model", model, Lookout.bikes]), "\(arguments)")
            }
            let samples = try String(contentsOfFile: folder + "/samples", encoding: .utf8)
            #expect(samples.contains(#"\u009b31m"#))
            expectHarmless(Lookout.Outcome(status: 0, output: samples, errors: ""), "samples")
            for arguments in [
                ["model", "info", model], ["model", "list"], ["doctor"], ["model", "info", "--json", model],
            ] {
                expectHarmless(
                    try Lookout.run(Lookout.path, arguments, environment: ["LOOKOUT_MODELS": folder]), "\(arguments)")
            }
        }
    }

    @Test func namesOfFilesAndSourcesAreWrittenOut() throws {
        try Lookout.withFolder { folder in
            let photo = "\(folder)/\(Self.escape)\n.png"
            try FileManager.default.copyItem(atPath: Lookout.coffee, toPath: photo)
            let good = try Lookout.run("classify", photo, Lookout.chelsea)
            #expect(good.status == 0 && good.output.contains("\\u{1b}]0;owned\\u{7}"), "\(good.errors)")
            expectHarmless(good, "classify")
            let bad = "/nowhere/\(Self.escape)"
            let cases = [
                ["classify", bad], ["classify", "--json", photo], ["analyze", bad], ["analyze", "--model", bad, bad],
                ["analyze", "--groups", bad, Lookout.bikes], ["analyze", "--events", bad, Lookout.bikes],
                ["watch", bad],
                ["watch", "\(Self.escape)=gopher://\(Self.escape)"], ["check", bad], ["run", bad], ["tail", bad],
                ["tail", "--type", Self.escape], ["analyze", "--fps", Self.escape, "x"],
                ["analyze", "--\(Self.escape)", "x"],
                [Self.escape], ["help", Self.escape], ["analyze", "--labels", Self.escape, Lookout.bikes],
                ["model", "import", bad], ["model", "info", bad], ["model", "fetch", Self.escape],
                ["analyze", "--start", Self.escape, "x"], ["watch", "--region", Self.escape, Lookout.bikes],
            ]
            for arguments in cases {
                let outcome = try Lookout.run(Lookout.path, arguments)
                #expect(outcome.status != 0 || arguments.contains("--json"), "\(arguments)")
                expectHarmless(outcome, "\(arguments)")
            }
        }
    }

    @Test func linesOfALogAreWrittenOut() throws {
        try Lookout.withFolder { folder in
            let log = folder + "/events.jsonl"
            let line =
                #"{"v":1,"seq":1,"time":"2026-11-22T21:17:03.412Z","type":"start","source":"do\#u{9B}or","label":"\u001b[2Jcat","score":1}"#
            try Data((line + "\n").utf8).write(to: URL(fileURLWithPath: log))
            let text = try Lookout.run("tail", log, environment: ["TZ": "UTC"])
            #expect(text.output == "2026-11-22 21:17:03  do\\u{9b}or  \\u{1b}[2Jcat  started, score 1.00\n")
            let json = try Lookout.run("tail", "--json", log)
            #expect(json.output.contains(#""source":"do\u009bor""#))
            expectHarmless(json, "tail --json")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(object["source"] as? String == "do\u{9B}or")
        }
    }

    @Test func reasonsOfServersAreWrittenOut() throws {
        try Lookout.withFolder { folder in
            let answer = Array(
                "HTTP/1.1 404 \(Self.escape)Gone\r\nServer: \(Self.escape)\r\nContent-Length: 0\r\n\r\n".utf8)
            let server = try FaultServer(.stall(answer, after: answer.count))
            defer { server.stop() }
            let yaml = folder + "/lookout.yaml"
            try Data("sources: {door: 'http://127.0.0.1:\(server.port)/x'}".utf8).write(to: URL(fileURLWithPath: yaml))
            for options in [[], ["--json"]] {
                let outcome = try Lookout.run(Lookout.path, ["check", "--probe", yaml] + options)
                #expect(outcome.status == EX_UNAVAILABLE)
                expectHarmless(outcome, "check \(options)")
            }
        }
    }
}
