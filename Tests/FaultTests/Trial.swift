import Foundation
import TestSupport
import Testing

/// Runs the program with a camera that fails and one that does not. Measures and checks the guarantees of the README:
/// the first is connected again, and nothing else happens.
final class Trial {
    /// Longest time from a camera's return to its first sampled frame, in seconds.
    static let longestRecovery = 5.0
    /// Shortest duration of the measurement, in seconds.
    private static let shortest = 6.0

    let name: String
    let watch: WatchProcess

    /// Outcome of a fault.
    enum Outcome {
        /// The camera was lost, and found some seconds after its return.
        case found(after: Double)
        /// The camera was never lost, and no pause between its frames was longer than this, in seconds.
        case neverLost(longestPause: Double = Trial.longestRecovery)

        fileprivate var outages: Int { if case .found = self { 1 } else { 0 } }
        fileprivate var longest: Double {
            if case .neverLost(let seconds) = self { seconds } else { Trial.longestRecovery }
        }
    }

    /// Runs the program, waits until both cameras are live, and calls `body`. Then checks the guarantees of every case,
    /// and prints a row of the table.
    ///
    /// - Parameters:
    ///   - name: name of the fault in the table.
    ///   - camera: address of the camera that fails.
    ///   - options: further arguments of the program.
    ///   - folder: folder for the program's files.
    ///   - body: causes the fault.
    static func run(
        _ name: String, camera: String, options: [String] = [], in folder: String,
        _ body: (Trial) throws -> Outcome
    ) throws {
        let healthy = try FaultServer(try Scene.monotonic())
        defer { healthy.stop() }
        let watch = try WatchProcess(camera: camera, other: healthy.url, options: options, in: folder)
        defer { watch.kill() }
        let trial = Trial(name, watch)
        try trial.require("first frames of both cameras", within: 30) {
            try watch.samples(of: "camera").count > 10 && watch.samples(of: "other").count > 10
        }
        let span = Span(of: watch)
        let outcome = try body(trial)
        sleep(max(0, span.start + shortest - Date().timeIntervalSince1970))  // the measurement
        try trial.judge(outcome, try span.measure(outcome))
        #expect(healthy.connections == 1)
    }

    private init(_ name: String, _ watch: WatchProcess) {
        self.name = name
        self.watch = watch
    }

    // MARK: - Steps

    /// Causes an outage, waits until it is reported and for two more seconds, and ends it.
    ///
    /// - Parameters:
    ///   - begin: makes the camera fail.
    ///   - end: makes the camera return. It answers when this returns.
    func outage(begin: () throws -> Void, end: () throws -> Void) throws -> Outcome {
        try begin()
        try require("source_lost", within: 20) { try self.count("source_lost") == 1 }
        Self.sleep(2)  // the rest of the outage
        try end()
        return .found(after: try waitForReturn())
    }

    /// Waits for the first frame that the camera takes from now on, and for some more.
    ///
    /// - Parameter frames: number of further frames. They are not part of the measurement.
    /// - Returns: seconds until the first frame was sampled.
    @discardableResult func waitForReturn(frames: Int = 10) throws -> Double {
        let now = Date().timeIntervalSince1970
        try require("frame of the camera", within: 20) { try !self.watch.samples(of: "camera", from: now).isEmpty }
        let recovery = Date().timeIntervalSince1970 - now
        // A single frame is no return.
        try require("more frames", within: 20) { try self.watch.samples(of: "camera", from: now).count > frames }
        return recovery
    }

    /// Waits until the camera's stream has been sampled for some seconds, from its first frame on.
    func waitForStream(seconds: Double) throws {
        try require("frames of \(seconds) s", within: seconds + 20) {
            let samples = try self.watch.samples(of: "camera")
            return (samples.last ?? 0) - (samples.first ?? 0) >= seconds
        }
    }

    /// Returns the number of the camera's records of a type.
    func count(_ type: String) throws -> Int { try watch.events(of: "camera").count { $0.type == type } }

    /// Waits for a condition that has to hold.
    ///
    /// - Parameter what: what the condition waits for, for the message.
    func require(_ what: String, within seconds: Double, _ condition: () throws -> Bool) throws {
        try #require(
            try TestTimeout.wait(seconds: seconds, for: condition),
            "\(name): no \(what) within \(seconds) s: \(watch.errors)")
    }

    /// Lets time pass that is itself part of the case. Conditions are waited for with ``require(_:within:_:)``.
    static func sleep(_ seconds: Double) { usleep(UInt32(seconds * 1e6)) }

    // MARK: - Guarantees of every case

    private func judge(_ outcome: Outcome, _ measured: Span.Measures) throws {
        print(measured.row(name))
        #expect(measured.secondsAway <= outcome.longest)
        // A busy machine lowers the rate, too.
        withKnownIssue("other programs use the CPU", isIntermittent: true) {
            #expect(abs(measured.otherRate - 10) <= 0.5, "frames per second of the other camera")
        } when: {
            measured.isStarved
        }
        #expect(measured.after.descriptors.count == measured.before.descriptors.count, "\(measured)")
        #expect(measured.after.threads <= max(measured.before.threads, Holdings.mostThreads))
        try checkEvents(outages: outcome.outages)
    }

    private func checkEvents(outages: Int) throws {
        #expect(watch.stop() == 0, "\(watch.errors)")
        #expect(try count("source_lost") == outages)
        #expect(try count("source_found") == outages)
        let other = try watch.events(of: "other")
        #expect(other.allSatisfy { ["start", "end"].contains($0.type) }, "\(other.map(\.type))")
        for source in ["camera", "other"] { try checkPairs(source) }
    }

    /// Checks that every `start` has one `end`.
    private func checkPairs(_ source: String) throws {
        let events = try watch.events(of: source)
        let starts = events.filter { $0.type == "start" }.map(\.id)
        let ends = events.filter { $0.type == "end" }.map(\.id)
        #expect(!starts.isEmpty, "\(source): there are events")
        #expect(Set(starts).count == starts.count, "\(source): no id is used twice")
        #expect(starts.sorted() == ends.sorted(), "\(source): every start has an end")
    }
}
