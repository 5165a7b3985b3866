import Foundation
import Glibc
import Testing

/// What shells do to programs: pipes that end, descriptors that are closed, signals.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct EnvironmentTests {
    /// Runs a line of shell, in which `$L` is the program and `$1` a folder.
    private func shell(_ line: String, _ folder: String) throws -> Lookout.Outcome {
        try Lookout.run(
            "/bin/bash", ["-c", line, "bash", folder], environment: ["L": Lookout.path, "CLIP": Lookout.bikes])
    }

    @Test func aReaderThatHasReadEnoughIsNoNews() throws {
        try Lookout.withFolder { folder in
            let outcome = try shell(
                "$L analyze --samples - --events $1/events $CLIP | head -1; echo ${PIPESTATUS[0]}", folder)
            #expect(outcome.errors.isEmpty)
            #expect(outcome.output.hasSuffix("\n\(128 + SIGPIPE)\n"), "\(outcome.output)")
        }
    }

    @Test func nothingMeantForPeopleGoesIntoAFile() throws {
        try Lookout.withFolder { folder in
            _ = try shell("$L analyze --events $1/events /nowhere/a.mp4 $CLIP 2>&-", folder)
            let events = try String(contentsOfFile: folder + "/events", encoding: .utf8)
            #expect(events.split(separator: "\n").allSatisfy { $0.hasPrefix("{") })
            #expect(!events.isEmpty)

            let outcome = try shell("$L analyze --samples $1/samples $CLIP >&-", folder)
            #expect(outcome.status == EX_IOERR)
            #expect(outcome.complaints == ["lookout: standard output: cannot write: bad file descriptor"])
            let samples = try String(contentsOfFile: folder + "/samples", encoding: .utf8)
            #expect(!samples.contains("\"type\""))
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalEndsWhatIsSeen(_ signal: Int32) throws {
        try Lookout.withFolder { folder in
            // The clip again and again, so that there is something to interrupt.
            let long = folder + "/long.mp4"
            let made = try Lookout.run(
                "/usr/bin/env",
                ["ffmpeg", "-v", "error", "-stream_loop", "20", "-i", Lookout.bikes, "-an", "-c", "copy", long])
            try #require(made.status == 0)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Lookout.path)
            process.arguments = ["analyze", "--fps", "all", long]
            let output = Pipe()
            let errors = Pipe()
            process.standardOutput = output
            process.standardError = errors
            process.standardInput = FileHandle.nullDevice
            try process.run()
            var text = output.fileHandleForReading.availableData  // the first event
            kill(process.processIdentifier, signal)
            text += output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 128 + SIGINT)
            let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
            #expect(lines.count.isMultiple(of: 2))
            #expect(lines.last?.contains("\"type\":\"end\"") == true)
            let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(complaint == "lookout: \(long): interrupted\n")
        }
    }

    @Test func standardInputCanBeARecording() throws {
        try Lookout.withFolder { folder in
            let outcome = try shell("$L classify --top 1 /dev/stdin < $CLIP", folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    @Test func whatIsGoodIsSaidAndTheFirstTroubleIsTheStatus() throws {
        try Lookout.withFolder { folder in
            try Data("rubbish".utf8).write(to: URL(fileURLWithPath: folder + "/a.png"))
            let outcome = try Lookout.run("classify", "--top", "1", folder + "/a.png", Lookout.coffee, "/nowhere/b.png")
            #expect(outcome.status == EX_DATAERR)
            #expect(outcome.complaints.count == 2)
            #expect(outcome.output.contains("espresso"))
        }
    }
}
