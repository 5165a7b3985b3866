import Foundation
import TestSupport
import Testing

/// What a wall clock does, to the program and to nobody else (libfaketime): a source that is lost meanwhile is found
/// under its id, outages are as long as they are, and a source that is live notices nothing.
@Suite(.enabled(if: Peers.canRun && FakeClock.isAvailable, FakeClock.reason), .timeLimit(.minutes(20)))
struct ClockTests {
    enum Fault: String, CaseIterable {
        case forward = "wall clock put forward by 1 h"
        case sleeps = "suspended, 8 h later by the wall clock"

        /// As libfaketime writes it. It shifts absolute timers (timerfd) with the wall clock, those of the monotonic
        /// clock, too, so a clock that is put back would stop the program's timers, which no real one does. Those cases
        /// are in SourceEventComposerTests and StreamClockTests.
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
        if fault == .sleeps { watch.hang() }
        Trial.sleep(1)
        try clock.set(fault.after)
        watch.goOn()
        Trial.sleep(1)
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
            "| \(fault.rawValue) | found under the id under which it was lost, after \(String(format: "%.1f", seconds)) s; told once |"
        )
    }

    private static func count(_ type: String, _ source: String, _ watch: WatchProcess) throws -> Int {
        try watch.events(of: source).count { $0.type == type }
    }

    private static func require(_ what: String, _ watch: WatchProcess, _ condition: () throws -> Bool) throws {
        let end = Date().addingTimeInterval(30)
        while try !condition(), Date() < end { Trial.sleep(0.03) }
        try #require(try condition(), "\(what): it has not come: \(watch.errors)")
    }
}

/// A wall clock of one program, which can be set while it runs. The monotonic clock stays as it is.
struct FakeClock {
    private let path: String
    private static let library = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketime.so.1" }
        .first(where: FileManager.default.fileExists(atPath:))

    /// A sanitizer has to be the first library, and libfaketime wants to be.
    static let isAvailable = library != nil && !Sanitizer.isUsed
    static let reason: Comment = "there is no libfaketime, which `make test` installs, or a sanitizer is in its place"

    /// - Parameter offset: as libfaketime writes it: `+3600`, `+0 x1.001`.
    init(_ offset: String, in folder: String) throws {
        path = folder + "/clock"
        try set(offset)
    }

    func set(_ offset: String) throws { try (offset + "\n").write(toFile: path, atomically: true, encoding: .utf8) }

    /// In front of the command line. When libfaketime is loaded first, it adds to the environment, which moves: then
    /// Swift does not find the arguments. So another program takes it up, and becomes the one that is meant.
    static let prefix = ["/usr/bin/env"]

    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library ?? "", "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
        ]
    }
}
