import Foundation
import Testing

/// The tabulator, in the shells that people use. What they load is what `make install` installs.
@Suite(.enabled(if: Lookout.hasModel, Lookout.noModel), .timeLimit(.minutes(20))) struct CompletionTests {
    enum Shell: String, CaseIterable, CustomTestStringConvertible {
        case bash, zsh, fish

        var isThere: Bool {
            ["/bin/", "/usr/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + rawValue) }
        }
        var testDescription: String { rawValue }
    }

    /// The beginning of a line, and what it has become by the tabulator, without what escapes blanks.
    private static let cases: [(typed: String, completed: String)] = [
        ("lookout ana", "lookout analyze"),
        ("lookout analyze b1", "lookout analyze b1.mp4"),
        ("lookout classify b1", "lookout classify b1.mp4"),
        ("lookout watch b1", "lookout watch b1.mp4"),
        ("lookout check ser", "lookout check service.yaml"),
        ("lookout analyze --groups g", "lookout analyze --groups g.json"),
        ("lookout classify --model zeb", "lookout classify --model zebra-net"),
        ("lookout model info zeb", "lookout model info zebra-net"),
        ("lookout model fetch efficient", "lookout model fetch efficientnet-lite0"),
        ("lookout analyze --labels espre", "lookout analyze --labels espresso"),
        ("lookout watch --ignore espresso,streetc", "lookout watch --ignore espresso,streetcar"),
        ("lookout analyze --labels Egyptian", "lookout analyze --labels Egyptian cat"),
        ("lookout analyze --groups g.json --labels vehi", "lookout analyze --groups g.json --labels vehicle"),
        ("lookout analyze --fit squ", "lookout analyze --fit squash"),
        ("lookout tail events.jsonl --source doo", "lookout tail events.jsonl --source door"),
        ("lookout tail events.jsonl --label warp", "lookout tail events.jsonl --label warplane, military plane"),
        ("lookout tail events.jsonl --label airc", "lookout tail events.jsonl --label aircraft"),
        ("lookout tail --type source_l", "lookout tail --type source_lost"),
    ]

    @Test(arguments: Shell.allCases.filter(\.isThere))
    func filesModelsLabelsGroupsAndSourcesComplete(_ shell: Shell) throws {
        let lines = try Self.lines(after: Self.cases.map(\.typed), shell)
        try #require(lines.count == Self.cases.count, "\(lines)")
        for (line, (typed, completed)) in zip(lines, Self.cases) { #expect(line == completed, "\(shell): \(typed)") }
    }

    /// A label in a file from somewhere is not a command. That nothing was run is checked for every line.
    @Test(arguments: Shell.allCases.filter(\.isThere))
    func nothingThatIsOfferedIsRun(_ shell: Shell) throws {
        let lines = try Self.lines(
            after: ["lookout tail evil.jsonl --source ", "lookout tail evil.jsonl --label "], shell)
        #expect(lines.first == "lookout tail evil.jsonl --source $(touch owned)")
    }

    /// What has become of lines when the tabulator was pressed behind each, in a folder with files.
    private static func lines(after typed: [String], _ shell: Shell) throws -> [String] {
        var lines: [String] = []
        try Lookout.withFolder { folder in
            let event = #"{"v":1,"seq":1,"type":"start","source":"%@","label":"%@","group":"aircraft"}"# + "\n"
            let files = [
                "b1.mp4": "", "service.yaml": "", "g.json": #"{"vehicle": ["minivan"]}"#, "zebra-net.safetensors": "",
                "events.jsonl": String(format: event, "door", "warplane, military plane"),
                "evil.jsonl": String(format: event, "$(touch owned)", "`touch owned`;touch owned"),
            ]
            for (name, text) in files {
                try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            }
            let script = try Lookout.run("--generate-completion-script", shell.rawValue)
            try #require(script.status == 0, "\(script.errors)")
            try script.output.write(toFile: folder + "/script", atomically: false, encoding: .utf8)
            lines = try press(typed, shell, folder)
            #expect(!FileManager.default.fileExists(atPath: folder + "/owned"))
        }
        return lines
    }

    private static func press(_ typed: [String], _ shell: Shell, _ folder: String) throws -> [String] {
        let programs = URL(fileURLWithPath: Lookout.path).deletingLastPathComponent().path
        let environment = [
            "PATH": "\(programs):/usr/bin:/bin", "LOOKOUT_MODELS": folder, "HOME": folder, "LC_ALL": "C.UTF-8",
        ]
        let peer = Lookout.checkout.appendingPathComponent("Tests/CommandTests/Peers/complete.py").path
        let outcome = try Lookout.run(
            "/bin/sh",
            ["-c", #"cd "$1" && shift && exec python3 "$0" "$@""#, peer, folder, shell.rawValue, "script"] + typed,
            environment: environment)
        #expect(outcome.status == 0, "\(outcome.errors)")
        // What has to be escaped, each shell has its own opinion of.
        return outcome.output.filter { $0 != "\\" }.split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }
}
