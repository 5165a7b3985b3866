import Foundation
import Glibc
import TestSupport
import Testing

/// Sources that block, in opening or in reading: everything ends when it is told to, and nothing waits for them.
@Suite(.enabled(if: Lookout.hasMedia && Recording.isAvailable, Lookout.noMedia), .timeLimit(.minutes(20)))
struct StallTests {
    /// What is looked for is there at once, and does not go away.
    private static let detection = ["--enter", "0.01", "--hold", "0", "--clear-after", "60"]

    @Test func aPipeThatStallsEndsWithItsEventsOnCtrlC() throws {
        try Lookout.withFolder { folder in
            let pipe = try NamedPipe(folder + "/pipe")
            pipe.hold()
            let bytes = try Recording.stream(in: folder, seconds: 4)
            pipe.feed(bytes.prefix(bytes.count * 3 / 4))
            let program = try Program(["analyze"] + Self.detection + ["--events", folder + "/events", pipe.path])
            #expect(TestTimeout.wait { Self.events(folder).contains { $0["type"] as? String == "start" } })
            program.signal(SIGINT)
            let seconds = try #require(program.waitForEnd(), "\(program.errors)")
            print("analyze of a pipe that stalls: ended \(seconds) s after SIGINT")
            Self.expectEnds(folder, reason: "shutdown")
            withExtendedLifetime(pipe) {}
        }
    }

    /// A file on a server that is gone: not even opening it returns, and no signal ends that.
    @Test(arguments: ["analyze", "watch"])
    func aFileThatHangsEndsOnCtrlC(_ command: String) throws {
        try Lookout.withFolder { folder in
            let path = folder + "/clip.ts"
            try Data(try Recording.stream(in: folder)).write(to: URL(fileURLWithPath: path))
            let held = try HangingFile(path)
            let program = try Program([command, command == "watch" ? "reader=\(path)" : path])
            #expect(TestTimeout.wait { held.isAwaited }, "\(program.errors)")
            program.signal(SIGINT)
            let seconds = try #require(program.waitForEnd(), "\(program.errors)")
            print("\(command) of a file that hangs: ended \(seconds) s after SIGINT")
            #expect(seconds < 40, "the kernel ends the hang after 45 s by itself")
            withExtendedLifetime(held) {}
        }
    }

    /// As a terminal does that is closed.
    @Test func aTerminalThatIsGoneEndsTheEventsInOrder() throws {
        try Lookout.withFolder { folder in
            let path = folder + "/clip.mp4"
            try Recording.file(path, seconds: 30, rate: 25)
            let options = Self.detection + ["--no-motion", "--events", folder + "/events"]
            let program = try Program(["watch"] + options + ["door=\(path)"])
            #expect(TestTimeout.wait { Self.events(folder).contains { $0["type"] as? String == "start" } })
            program.signal(SIGHUP)
            try #require(program.waitForEnd() != nil)
            #expect(program.status == 0, "\(program.errors)")
            Self.expectEnds(folder, reason: "shutdown")
        }
    }

    @Test func aProbeReturnsFromAPipeAndFromAFileThatHangs() throws {
        try Lookout.withFolder { folder in
            let pipe = try NamedPipe(folder + "/pipe")
            let path = folder + "/clip.ts"
            try Data(try Recording.stream(in: folder)).write(to: URL(fileURLWithPath: path))
            let held = try HangingFile(path)
            let configuration = """
                defaults: {connect_timeout: 1s, read_timeout: 1s}
                sources: {pipe: "file:\(pipe.path)", hangs: "file:\(path)"}
                """
            try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder + "/lookout.yaml"))
            let outcome = try Lookout.run("check", "--probe", folder + "/lookout.yaml")
            #expect(outcome.status == EX_UNAVAILABLE)
            #expect(outcome.output.contains("pipe: no data for 1 s"), "\(outcome.output)")
            #expect(outcome.output.contains("hangs: the call to open it has hung for"), "\(outcome.output)")
            withExtendedLifetime(held) {}
        }
    }

    @Test func aServiceIsReadyThoughOneSourceHangsAndStopsInTime() throws {
        try Lookout.withFolder { folder in
            let (clip, path) = (folder + "/clip.mp4", folder + "/held.ts")
            try Recording.file(clip, seconds: 10, rate: 10)
            try Data(try Recording.stream(in: folder)).write(to: URL(fileURLWithPath: path))
            let held = try HangingFile(path)
            let service = try ServiceProcess(in: folder)
            try service.configure(
                """
                  good: "file:\(clip)?loop"
                  hangs: "file:\(path)"
                """, more: "defaults: {connect_timeout: 1s, read_timeout: 1s}")
            try service.start()
            try service.requireTold("READY=1")
            try service.require("why one source is away") { service.errors.contains("the call to open it has hung") }
            try service.require("samples of the other") { try service.samples(of: "good").count > 3 }
            #expect(service.kill(SIGTERM) == 0, "\(service.errors)")
            withExtendedLifetime(held) {}
        }
    }

    /// A server that takes connections and is silent, without a terminal on which its state would be seen.
    @Test func aSourceThatDoesNotAnswerIsToldBeforeItsTimeIsUp() throws {
        let server = try FaultServer(.silence)
        defer { server.stop() }
        let program = try Program(["watch", "--connect-timeout", "3600", "door=\(server.url)"])
        #expect(
            TestTimeout.wait { program.errors.contains("door: no answer for 5 s; still waiting") }, "\(program.errors)")
        program.signal(SIGTERM)
        #expect(program.waitForEnd() != nil)
    }

    @Test(arguments: [
        ("rtsp://admin:hunter2@camera.local/stream?key=hunter2", "rtsp://camera.local#"),
        ("http://camera.local/live.m3u8", "http://camera.local#"), ("/dev/video0", "/dev/video0 is a camera"),
        ("rtsp://admin:hunter2/3@camera/", "the address of a stream"),
    ])
    func analyzePointsToWatchForWhatIsNoRecording(_ source: String, _ text: String) throws {
        let outcome = try Lookout.run("analyze", source)
        #expect(outcome.status == EX_USAGE)
        #expect(outcome.errors.contains("`lookout watch` watches"), "\(outcome.errors)")
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        #expect(!outcome.errors.contains("hunter2"))
    }

    // MARK: - Events

    private static func events(_ folder: String) -> [[String: Any]] {
        let text = (try? String(contentsOfFile: folder + "/events", encoding: .utf8)) ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
        }
    }

    private static func expectEnds(_ folder: String, reason: String) {
        let events = events(folder)
        func ids(_ type: String) -> [String] {
            events.filter { $0["type"] as? String == type }.compactMap { $0["id"] as? String }.sorted()
        }
        #expect(!ids("start").isEmpty && ids("start") == ids("end"), "what began has ended")
        #expect(events.last?["reason"] as? String == reason)
    }
}

/// A running program.
private final class Program {
    private let process = Process()
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("errors-\(UUID().uuidString)").path

    init(_ arguments: [String]) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        process.executableURL = URL(fileURLWithPath: Lookout.path)
        process.arguments = arguments
        let models = Lookout.checkout.appendingPathComponent("Models").path
        process.environment = ProcessInfo.processInfo.environment.merging(["LOOKOUT_MODELS": models]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: path)
    }

    var errors: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
    var status: Int32 {
        process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// - Returns: after how many seconds it ended; `nil` if it did not.
    func waitForEnd() -> Double? {
        let start = Date()
        return TestTimeout.wait { !process.isRunning } ? Date().timeIntervalSince(start) : nil
    }
}
