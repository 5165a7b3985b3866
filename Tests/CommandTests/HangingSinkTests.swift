import Foundation
import Glibc
import TestSupport
import Testing

/// Outputs that nobody reads: the service says so, goes on, and can be stopped.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(30))) struct HangingSinkTests {
    /// A pipe that is as good as full.
    private static func narrow(_ descriptor: Int32) { _ = fcntl(descriptor, 1031, 4096) }  // F_SETPIPE_SZ

    private func figure(_ name: String, _ socket: String) -> Int {
        let text = HTTPClient.get("/metrics", socket: socket)?.body ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    /// A journal that is stopped, and samples that go into a pipe whose reader is: writes to either never return.
    @Test func aJournalAndSamplesThatHangAreSaidTheCameraGoesOnAndItStopsInFiveSeconds() throws {
        try Lookout.withFolder { folder in
            let service = try ServiceProcess(in: folder)
            defer { service.kill(SIGKILL) }
            try #require(mkfifo(folder + "/samples", 0o600) == 0)
            let samples = open(folder + "/samples", O_RDONLY | O_NONBLOCK)
            Self.narrow(samples)
            let journal = Pipe()
            Self.narrow(journal.fileHandleForWriting.fileDescriptor)
            try journal.fileHandleForWriting.write(contentsOf: Data(repeating: UInt8(ascii: "\n"), count: 4096))
            let metrics = folder + "/m"
            try service.configure(
                "  street: {address: \"file:\(Lookout.bikes)?loop\", fps: 10, motion: off}",
                more: "metrics: {listen: \"unix:\(metrics)\"}")
            // The report of AddressSanitizer would hang as well.
            try service.start(
                errors: journal.fileHandleForWriting, environment: ["ASAN_OPTIONS": "detect_leaks=0"])
            try service.requireTold("READY=1")

            var said = ""
            let start = Date()
            try service.require("that nothing can be written is said") {
                said = HTTPClient.get("/readyz", socket: metrics)?.body ?? ""
                return said.contains("samples has finished nothing") && said.contains("journal has finished nothing")
            }
            let seconds = Date().timeIntervalSince(start)
            #expect(seconds > 15, "a short pause is not said: \(said)")
            #expect(HTTPClient.get("/readyz", socket: metrics)?.status == 503)
            #expect(HTTPClient.get("/healthz", socket: metrics)?.status == 200)
            #expect(figure("lookout_sink_queue_depth{sink=\"samples\"}", metrics) > 0)
            #expect(figure("lookout_sink_queue_depth{sink=\"journal\"}", metrics) > 0)
            let frames = figure("lookout_frames_total{source=\"street\"}", metrics)
            try service.require("more frames") { figure("lookout_frames_total{source=\"street\"}", metrics) > frames }
            let stopping = Date()
            #expect(service.kill(SIGTERM) == 0)
            let stop = Date().timeIntervalSince(stopping)
            // It gives up after four and a half; the rest is for a machine with much else to do.
            #expect(stop < 8)
            print(
                "| a journal and a pipe that nobody reads | reported after \(String(format: "%.0f", seconds)) s, "
                    + "stopped in \(String(format: "%.1f", stop)) s |")
            close(samples)
            try journal.fileHandleForReading.close()
        }
    }

    /// Nobody opens the other end: opening never returns.
    @Test func aPipeThatNobodyReadsKeepsItFromStartingAndNotFromEnding() throws {
        try Lookout.withFolder { folder in
            let service = try ServiceProcess(in: folder)
            try #require(mkfifo(folder + "/samples", 0o600) == 0)
            try service.configure("  away: rtsp://127.0.0.1:1/x")
            let outcome = try Lookout.run("run", service.configuration)
            #expect(outcome.status == EX_CANTCREAT)
            #expect(
                outcome.errors.contains("\(folder)/samples: cannot write: connection timed out"), "\(outcome.errors)")
        }
    }
}
