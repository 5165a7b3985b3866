import Foundation
import Glibc
import Kernels
import Testing

/// Bad input: one line on standard error that names the file and the reason, and a status of sysexits.h.
@Suite(.timeLimit(.minutes(20))) struct BadInputTests {
    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel))
    func recordingsThatAreNone() throws {
        try Lookout.withFolder { folder in
            let empty = folder + "/empty.mp4"
            let text = folder + "/text.mp4"
            try Data().write(to: URL(fileURLWithPath: empty))
            try Data("this is no video\n".utf8).write(to: URL(fileURLWithPath: text))
            let cases: [(String, String, Int32)] = [
                ("/nowhere/a.mp4", "no such file or directory", EX_NOINPUT),
                (folder, "it is a directory, not a file", EX_NOINPUT),
                (empty, "it is empty", EX_DATAERR),
                (text, "not a video or image, or corrupt at its beginning (moov atom not found)", EX_DATAERR),
            ]
            for command in ["analyze", "classify"] {
                // A folder stands for the recordings in it.
                for (path, reason, status) in cases where command == "classify" || path != folder {
                    let outcome = try Lookout.run(command, path)
                    #expect(outcome.status == status, "\(command) \(path)")
                    #expect(outcome.complaints == ["lookout: \(path): \(reason)"])
                    #expect(outcome.output.isEmpty)
                }
            }
        }
    }

    @Test(.enabled(if: Lookout.hasMedia, Lookout.noMedia))
    func oneBadRecordingDoesNotKeepTheOthersFromBeingAnalysed() throws {
        let outcome = try Lookout.run("analyze", "/nowhere/a.mp4", Lookout.bikes, "/nowhere/b.mp4")
        #expect(outcome.status == EX_NOINPUT)
        #expect(outcome.complaints.count == 2)
        #expect(outcome.output.contains("\"streetcar\""))
    }

    @Test func checkpointsThatAreNone() throws {
        try Lookout.withFolder { folder in
            let cut = folder + "/cut.pth"
            let legacy = try Data(contentsOf: Self.fixture("plain-legacy.pth"))
            try legacy.prefix(legacy.count - 7).write(to: URL(fileURLWithPath: cut))
            let evil = folder + "/evil.pth"
            // A pickle that asks for os.system, where the pickle of a state dict should be.
            let magic = legacy.prefix(15) + Data([0x80, 2, 0x4D, 0xE9, 3, 0x2E, 0x80, 2, 0x7D, 0x2E])
            let attack =
                Data([0x80, 2]) + Data("cos\nsystem\n(X".utf8) + Data([7, 0, 0, 0]) + Data("touch /".utf8)
                + Data("tR.".utf8)
            try (magic + attack).write(to: URL(fileURLWithPath: evil))
            let cases: [(String, String, Int32)] = [
                ("/nowhere/a.pth", "no such file or directory", EX_NOINPUT),
                (folder, "it is a directory, not a file", EX_NOINPUT),
                (cut, "cut short", EX_DATAERR),
                (evil, "\"os.system\"", EX_DATAERR),
                (Self.fixture("plain.pth").path, "belong to none of the known networks", EX_DATAERR),
                (Self.fixture("module.pth").path, "\"torch.nn.modules.linear.Linear\"", EX_DATAERR),
            ]
            for (path, reason, status) in cases {
                let outcome = try Lookout.run("model", "import", path, "--output", folder + "/out.safetensors")
                #expect(outcome.status == status, "\(path)")
                #expect(outcome.complaints.count == 1, "\(outcome.errors)")
                #expect(outcome.errors.hasPrefix("lookout: \(path): "), "\(outcome.errors)")
                #expect(outcome.errors.contains(reason), "\(outcome.errors)")
                #expect(!FileManager.default.fileExists(atPath: folder + "/out.safetensors"))
            }
        }
    }

    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel))
    func modelsThatAreNone() throws {
        try Lookout.withFolder { folder in
            let cut = folder + "/cut.safetensors"
            let whole = try Data(contentsOf: URL(fileURLWithPath: Lookout.model))
            try whole.prefix(whole.count - 1000).write(to: URL(fileURLWithPath: cut))
            let cases: [(String, String, Int32)] = [
                (cut, "\(cut): the tensors need more bytes than the file has; is it cut short?", EX_DATAERR),
                (
                    Self.fixture("plain.pth").path,
                    "\(Self.fixture("plain.pth").path): a PyTorch checkpoint; `lookout model import` makes a model of it",
                    EX_DATAERR
                ),
                ("/nowhere/m.safetensors", "/nowhere/m.safetensors: no such file or directory", EX_NOINPUT),
                (
                    "mobilnet",
                    "mobilnet: there is no such model; `lookout model list` shows those that are there", EX_NOINPUT
                ),
            ]
            for (model, complaint, status) in cases {
                let outcome = try Lookout.run(
                    "classify", "--model", model, "x.png", environment: ["LOOKOUT_MODELS": folder])
                #expect(outcome.status == status)
                #expect(outcome.complaints == ["lookout: " + complaint])
            }
        }
    }

    @Test(.enabled(if: liteCheckpoint != nil, Lookout.noModel))
    func aListOfLabelsOfTheWrongLength() throws {
        try Lookout.withFolder { folder in
            let labels = folder + "/labels.txt"
            try Data("one\ntwo\n".utf8).write(to: URL(fileURLWithPath: labels))
            let checkpoint = try #require(Self.liteCheckpoint)
            let outcome = try Lookout.run(
                "model", "import", checkpoint, "--labels", labels, "--output", folder + "/m.safetensors")
            #expect(outcome.status == EX_DATAERR)
            #expect(
                outcome.complaints == [
                    "lookout: \(labels): 2 labels, but the network has 1000 classes; one line a class is wanted"
                ])
        }
    }

    @Test(.enabled(if: Lookout.hasMedia, Lookout.noMedia))
    func outputsThatCannotBeWritten() throws {
        let nowhere = try Lookout.run("analyze", "--events", "/nowhere/events.jsonl", Lookout.bikes)
        #expect(nowhere.status == EX_CANTCREAT)
        #expect(nowhere.complaints == ["lookout: /nowhere/events.jsonl: cannot write: no such file or directory"])
        let full = try Lookout.run("analyze", "--events", "/dev/null", "--samples", "/dev/full", Lookout.bikes)
        #expect(full.status == EX_IOERR)
        #expect(full.complaints == ["lookout: /dev/full: cannot write: no space left on device"])
        let disk = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let standard = try Lookout.run("classify", Lookout.coffee, standardOutput: disk)
        #expect(standard.status == EX_IOERR)
        #expect(standard.complaints == ["lookout: standard output: cannot write: no space left on device"])
    }

    @Test(.enabled(if: Lookout.hasMedia, Lookout.noMedia))
    func aRecordingIsNotReplacedByItsEvents() throws {
        try Lookout.withFolder { folder in
            let clip = folder + "/clip.mp4"
            try FileManager.default.copyItem(atPath: Lookout.bikes, toPath: clip)
            try #require(symlink(clip, folder + "/symbolic") == 0)
            try #require(link(clip, folder + "/hard") == 0)
            for name in [clip, folder + "/./clip.mp4", folder + "/symbolic", folder + "/hard"] {
                for option in ["--events", "--samples"] {
                    let outcome = try Lookout.run("analyze", option, name, clip)
                    #expect(outcome.status == EX_USAGE, "\(option) \(name)")
                    #expect(outcome.complaints == ["lookout: \(name): cannot be read and written to at the same time"])
                }
            }
            #expect(FileManager.default.contentsEqual(atPath: clip, andPath: Lookout.bikes))
        }
    }

    @Test(.enabled(if: Lookout.hasMedia, Lookout.noMedia))
    func eventsAndSamplesDoNotShareAFile() throws {
        try Lookout.withFolder { folder in
            let outcome = try Lookout.run(
                "analyze", "--events", folder + "/a", "--samples", folder + "/./a", Lookout.bikes)
            #expect(outcome.status == EX_USAGE)
            #expect(outcome.complaints == ["lookout: \(folder)/a: events and samples cannot both go there"])
        }
    }

    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel))
    func whatFilesHeldIsNotLostByAMistake() throws {
        try Lookout.withFolder { folder in
            let events = folder + "/old.jsonl"
            try Data("old\n".utf8).write(to: URL(fileURLWithPath: events))
            _ = try Lookout.run("analyze", "--events", events, "/nowhere/typo.mp4")
            #expect(try String(contentsOfFile: events, encoding: .utf8) == "old\n")
            _ = try Lookout.run("analyze", "--events", events, "--samples", "/nowhere/x", Lookout.bikes)
            #expect(try String(contentsOfFile: events, encoding: .utf8) == "old\n")
        }
    }

    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel))
    func groupsThatDoNotFitTheModel() throws {
        try Lookout.withFolder { folder in
            let groups = folder + "/groups.json"
            let cases: [(String, String, Int32)] = [
                (
                    #"{"cat": ["tigr cat", "tabby", "Garfield"]}"#,
                    "warning: \(groups): the model does not have \"tigr cat\" (cat; did you mean \"tiger cat\"?), \"Garfield\" (cat)",
                    EX_NOINPUT
                ),
                (
                    #"{"cat": ["tabby"], "pet": ["Tabby"]}"#,
                    "\(groups): the label \"Tabby\" is in two groups, \"cat\" and \"pet\"; it can be in one", EX_DATAERR
                ),
            ]
            for (json, complaint, status) in cases {
                try Data(json.utf8).write(to: URL(fileURLWithPath: groups))
                let outcome = try Lookout.run("analyze", "--groups", groups, "/nowhere/a.mp4")
                #expect(outcome.status == status)
                #expect(outcome.complaints.first == "lookout: \(complaint)", "\(outcome.errors)")
            }
        }
    }

    @Test func aCommandThatIsNoneIsNamed() throws {
        let outcome = try Lookout.run("analize", "x")
        #expect(outcome.status == EX_USAGE)
        #expect(outcome.complaints == ["lookout: \"analize\" is not a command; did you mean analyze?"])
    }

    @Test(arguments: [
        ("help nonsense", "lookout: \"nonsense\" is not a command; there are run, check, "),
        ("help analize", "lookout: \"analize\" is not a command; did you mean analyze?"),
        ("help model nonsense", "lookout: \"nonsense\" is not a command; there are fetch, "),
        ("model imprt", "lookout: \"imprt\" is not a command; did you mean import?"),
    ])
    func thereIsNoHelpForACommandThatIsNone(_ words: String, _ complaint: String) throws {
        let outcome = try Lookout.run(Lookout.path, words.split(separator: " ").map(String.init))
        #expect(outcome.status == EX_USAGE)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix(complaint), "\(outcome.errors)")
    }

    @Test(arguments: ["help", "help help", "help model", "help model import", "help tail", "model", "--help"])
    func helpIsGivenForWhatThereIs(_ words: String) throws {
        let outcome = try Lookout.run(Lookout.path, words.split(separator: " ").map(String.init))
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("OVERVIEW: "), "\(outcome.output)")
    }

    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel))
    func optionsThatMakeNoSense() throws {
        let cases: [([String], String)] = [
            (["--enter", "2"], "enter must be a score above 0, up to 1, not 2.0"),
            (["--enter", "0.2", "--leave", "0.5"], "a label would end while it begins"),
            (
                ["--hold", "5x"],
                "'5x' is invalid for '--hold <hold>': it is a number of seconds, or a number with its unit"
            ),
            (["--clear-after", "2d"], "clear_after must be from 0 to 86400 seconds, not 172800.0"),
            (["--fps", "0"], "'0' is invalid"),
            (["--fps", "fast"], "'fast' is invalid"),
            (["--fit", "stretch"], "'stretch' is invalid"),
            (["--labels", ","], "--labels names no label"),
            (["-"], "Standard input is called /dev/stdin."),
            (["--workers", "0"], "--workers is a number from 1 to 256"),
            (
                ["--labels", "espresso", "--ignore", "Espresso"],
                "no target label is left: \"ignore\" (Espresso) excludes"
            ),
            (["--labels", "strretcar"], "there is no label or group \"strretcar\"; did you mean \"streetcar\""),
            (
                ["--start", "noon"],
                "'noon' is invalid for '--start <start>': a time is written as 2026-11-22T21:17:03Z"
            ),
            (["--start", "2026-02-30T00:00:00Z"], "February 2026 has the days 1 to 28"),
            (["--start", "2026-02-20T25:61:61Z"], "the hour is from 00 to 23"),
            (["--start", "0000-01-01T00:00:00Z"], "the year is from 0001 to 9999"),
            (["--verbos"], "Unknown option '--verbos'. Did you mean '--verbose'?"),
        ]
        for (options, complaint) in cases {
            let outcome = try Lookout.run(Lookout.path, ["analyze"] + options + ["a.mp4"])
            #expect(outcome.status == EX_USAGE, "\(options)")
            #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
        }
        let isa = try Lookout.run("classify", "a.png", environment: ["LOOKOUT_ISA": "sse9"])
        #expect(isa.status == EX_USAGE)
        #expect(
            isa.complaints == [
                "lookout: LOOKOUT_ISA=sse9: unknown instruction set; it is one of portable, avx2, avx512, avx512vnni"
            ])
    }

    @Test(arguments: InstructionSet.allCases.filter { !$0.isSupported })
    func anInstructionSetThatTheCPULacksIsRefused(_ set: InstructionSet) throws {
        let outcome = try Lookout.run("classify", "a.png", environment: ["LOOKOUT_ISA": set.rawValue])
        #expect(outcome.status == EX_USAGE)
        let best = InstructionSet.best.rawValue
        #expect(
            outcome.complaints == [
                "lookout: LOOKOUT_ISA=\(set.rawValue): this CPU does not have it; the best it has is \(best)"
            ])
    }

    private static func fixture(_ name: String) -> URL {
        Lookout.checkout.appendingPathComponent("Tests/MobileNetTests/Fixtures/\(name)")
    }

    private static let liteCheckpoint: String? = {
        let path = Lookout.checkout.appendingPathComponent("Models/efficientnet-lite0-57934424.pth").path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()
}
