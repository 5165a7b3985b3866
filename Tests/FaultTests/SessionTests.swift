import Foundation
import Glibc
import TestSupport
import Testing

/// Cameras that allow few sessions. A session that is not torn down counts for a minute.
@Suite(.enabled(if: Peers.hasRTSP, Peers.noRTSP), .timeLimit(.minutes(20))) struct SessionTests {
    /// The service connects again at each reload, and after a restart.
    @Test(arguments: ["tcp", "udp"]) func aCameraOfTwoSessionsIsReadAfterEachReload(_ transport: String) throws {
        try Recording.withFolder { folder in
            let camera = try Peers.rtsp(sessions: 2, in: folder)
            defer { camera.kill() }
            let service = try ServiceRun(in: folder)
            defer { service.kill() }
            func configure(_ readTimeout: Int) throws {
                let address = "rtsp://127.0.0.1:\(camera.port)/live"
                try service.configure(
                    camera: "{address: \"\(address)\", transport: \(transport), read_timeout: \(readTimeout)s}")
            }
            try configure(5)
            try service.start()
            var longest = 0.0
            for timeout in 6...9 {
                try service.requireFrames()
                try configure(timeout)
                let start = Date()
                service.reload()
                try service.require("reload") {
                    service.errors.components(separatedBy: "adopted").count == timeout - 4
                }
                try service.requireFrames()
                longest = max(longest, Date().timeIntervalSince(start))
            }
            #expect(service.stop() == 0)
            #expect(!service.errors.contains("trying again"), "\(service.errors)")
            try service.start()
            try service.requireFrames()
            #expect(service.stop() == 0)
            #expect(!service.errors.contains("trying again"), "\(service.errors)")
            let measured = String(format: "4 reloads; read again after %.1f s at most", longest)
            print("| RTSP over \(transport.uppercased()), a camera of two sessions | \(measured) |")
        }
    }
}

/// `lookout run` with one source, `camera`.
private final class ServiceRun {
    private let folder: String
    private var process = Process()
    private let samples: LineFile

    init(in folder: String) throws {
        self.folder = folder
        for name in ["samples", "errors"] {
            _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil)
        }
        samples = try LineFile(folder + "/samples")
    }

    func configure(camera: String) throws {
        let text = """
            events: {log: {path: \(folder)/events}, socket: {path: \(folder)/socket}, samples: \(folder)/samples}
            state: \(folder)
            model: \(WatchProcess.model)
            sources: {camera: \(camera)}
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/lookout.yaml"))
    }

    func start() throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: WatchProcess.program)
        process.arguments = ["run", folder + "/lookout.yaml"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/errors"))
        errors.seekToEndOfFile()
        process.standardError = errors
        try process.run()
    }

    var errors: String { (try? String(contentsOfFile: folder + "/errors", encoding: .utf8)) ?? "" }

    func reload() { Glibc.kill(process.processIdentifier, SIGHUP) }

    /// Waits for new samples.
    func requireFrames() throws {
        try samples.update()
        let count = samples.lines.count
        try require("frames") {
            try samples.update()
            return samples.lines.count > count + 2
        }
    }

    func require(_ what: String, _ condition: () throws -> Bool) throws {
        try #require(try TestTimeout.wait(for: condition), "no \(what) within \(TestTimeout.seconds) s: \(errors)")
    }

    /// Stops the service with SIGTERM.
    ///
    /// - Returns: exit status.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
