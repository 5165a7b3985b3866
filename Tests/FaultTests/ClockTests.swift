import Foundation
import TestSupport
import Testing

/// Steps of the wall clock, as the program sees it (libfaketime): a source that is lost at that time is found under its
/// id, the duration of the outage is right, and a live source is not affected.
@Suite(.enabled(if: Peers.canRun && FakeClock.isAvailable, FakeClock.reason), .timeLimit(.minutes(20)))
struct ClockTests {
    enum Fault: String, CaseIterable {
        case forward = "wall clock put forward by 1 h"
        case sleeps = "suspended, 8 h later by the wall clock"

        /// Offset in the notation of libfaketime.
        ///
        /// It shifts absolute timers (timerfd) of both clocks. A wall clock that is put back would stop the timers of
        /// the program, unlike a real one: SourceEventComposerTests and StreamClockTests have those cases.
        var after: String { self == .forward ? "+3600" : "+28800" }
    }

    @Test(arguments: Fault.allCases)
    func aSourceIsFoundUnderTheIdUnderWhichItWasLost(_ fault: Fault) throws {
        try Recording.withFolder { folder in
            let server = try FaultServer(try Scene.monotonic())
            let healthy = try FaultServer(try Scene.monotonic())
            let clock = try FakeClock("+0", in: folder)
            let watch = try WatchProcess(
                camera: server.url, other: healthy.url, environment: clock.environment,
                prefix: FakeClock.prefix, in: folder)
            defer {
                watch.kill()
                server.stop()
                healthy.stop()
            }
            try Self.require("frames of both", watch) {
                try watch.samples(of: "camera").count > 10 && watch.samples(of: "other").count > 10
            }
            server.set(.refuse)
            try Self.require("source_lost", watch) { try Self.count("source_lost", "camera", watch) == 1 }
            try Self.change(clock, to: fault, watch)
            server.set(try Scene.monotonic())
            try Self.require("source_found", watch) { try Self.count("source_found", "camera", watch) == 1 }
            let before = try watch.samples(of: "camera").count
            try Self.require("more frames", watch) { try watch.samples(of: "camera").count > before + 10 }
            #expect(watch.stop() == 0, "\(watch.errors)")
            try Self.judge(fault, watch)
            #expect(healthy.connections == 1)
        }
    }

    private static func change(_ clock: FakeClock, to fault: Fault, _ watch: WatchProcess) throws {
        if fault == .sleeps {
            watch.hang()
            Trial.sleep(1)  // the suspension
        }
        try clock.set(fault.after)
        watch.goOn()
        try require("clock_step", watch) { try count("clock_step", "other", watch) == 1 }
    }

    private static func judge(_ fault: Fault, _ watch: WatchProcess) throws {
        let outage = try watch.events(of: "camera").filter { $0.type.hasPrefix("source_") }
        #expect(outage.map(\.type) == ["source_lost", "source_found"])
        #expect(outage.first?.id == outage.last?.id)
        let seconds = try #require(outage.last?["duration"] as? Double)
        #expect((2...60).contains(seconds), "\(seconds) s, by the monotonic clock")
        let other = try watch.events(of: "other")
        #expect(other.allSatisfy { !$0.type.hasPrefix("source_") })
        let steps = other.filter { $0.type == "clock_step" }
        #expect(steps.count == 1 && steps.allSatisfy { $0["cause"] as? String == "calendar" }, "\(steps)")
        for source in ["camera", "other"] {
            let events = try watch.events(of: source)
            let starts = events.filter { $0.type == "start" }.map(\.id)
            #expect(starts.sorted() == events.filter { $0.type == "end" }.map(\.id).sorted())
            #expect(Set(starts).count == starts.count)
        }
        print(
            "| \(fault.rawValue) | found under the same id after \(String(format: "%.1f", seconds)) s; one clock_step |"
        )
    }

    private static func count(_ type: String, _ source: String, _ watch: WatchProcess) throws -> Int {
        try watch.events(of: source).count { $0.type == type }
    }

    private static func require(_ what: String, _ watch: WatchProcess, _ condition: () throws -> Bool) throws {
        try #require(
            try TestTimeout.wait(for: condition), "no \(what) within \(TestTimeout.seconds) s: \(watch.errors)")
    }
}

/// Wall clock of one program. Can be set while the program runs; does not affect the monotonic clock.
struct FakeClock {
    private let path: String
    private static let library = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketime.so.1" }
        .first(where: FileManager.default.fileExists(atPath:))

    /// Sanitizers and libfaketime both have to be the first library.
    static let isAvailable = library != nil && !Sanitizer.isUsed
    static let reason: Comment = "libfaketime is not installed (`make test` installs it), or a sanitizer is used"

    /// - Parameter offset: offset in the notation of libfaketime: `+3600`, `+0 x1.001`.
    init(_ offset: String, in folder: String) throws {
        path = folder + "/clock"
        try set(offset)
    }

    func set(_ offset: String) throws { try (offset + "\n").write(toFile: path, atomically: true, encoding: .utf8) }

    /// Prefix of the command line. libfaketime adds to the environment when it is loaded, which moves: Swift then does
    /// not find its arguments. So `env` loads libfaketime first, and executes the program.
    static let prefix = ["/usr/bin/env"]

    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library ?? "", "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
        ]
    }
}
