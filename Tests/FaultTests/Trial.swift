import Foundation
import TestSupport
import Testing

/// The program watches a camera that fails and one that does not. What is measured is what is promised: that
/// the one comes back, and that nothing else happens.
final class Trial {
    /// The longest time from a camera's return to the first picture of it that is looked at, in seconds.
    static let longestRecovery = 5.0
    /// So many threads may be there at any time, before a fault and after it: one for each of the program's queues
    /// (two of each camera, one of each lane, two of each of the two files, and those of the analysis, of the status
    /// and of signals), the first, and Dispatch's own.
    /// Dispatch makes one when a queue has work and all are busy; those that are idle are woken in turn, so
    /// that none is idle for the five seconds after which it would go.
    private static let mostThreads = 2 * 2 + ProcessInfo.processInfo.activeProcessorCount + 2 * 2 + 3 + 1 + 1
    /// Seconds that are measured at least.
    private static let shortest = 6.0

    let name: String
    let watch: WatchProcess
    private let healthy: FaultServer
    private var before = Holdings()
    private var start = 0.0
    private var end = 0.0
    private var waited = 0.0

    /// What came of a fault.
    enum Outcome {
        /// The camera was lost and found, so many seconds after its return.
        case found(after: Double)
        /// It was never lost, and came to no longer pause than this, in seconds.
        case neverLost(longestPause: Double = Trial.longestRecovery)
    }

    /// What the program holds of the system's.
    private struct Holdings {
        var descriptors: [String] = []
        var threads = 0
    }

    /// Runs the program, waits until both cameras are seen, and calls `body`. Then it checks what is promised of
    /// every case, and prints a line of the table.
    ///
    /// - Parameters:
    ///   - name: what the table calls it.
    ///   - camera: the address of the camera that will fail.
    ///   - body: makes it fail.
    static func run(
        _ name: String, camera: String, options: [String] = [], in folder: String,
        _ body: (Trial) throws -> Outcome
    ) throws {
        let healthy = try FaultServer(try Scene.steady())
        defer { healthy.stop() }
        let watch = try WatchProcess(camera: camera, other: healthy.url, options: options, in: folder)
        defer { watch.kill() }
        let trial = Trial(name, watch, healthy)
        try trial.settle()
        trial.waited = watch.secondsWaited
        trial.start = Date().timeIntervalSince1970
        try trial.finish(try body(trial))
    }

    private init(_ name: String, _ watch: WatchProcess, _ healthy: FaultServer) {
        self.name = name
        self.watch = watch
        self.healthy = healthy
    }

    // MARK: - Steps

    /// An outage: it begins, is said to be one, goes on for two seconds more, and ends.
    ///
    /// - Parameters:
    ///   - begin: makes the camera fail.
    ///   - end: makes it return; when this is done, it answers.
    func outage(begin: () throws -> Void, end: () throws -> Void) throws -> Outcome {
        try begin()
        try require("source_lost", within: 20) { try self.count("source_lost") == 1 }
        Self.sleep(2)
        try end()
        return .found(after: try waitForReturn())
    }

    /// Waits for the first picture of the camera that is taken from now on, and for some more.
    ///
    /// - Returns: after how many seconds it was looked at.
    @discardableResult func waitForReturn(pictures: Int = 10) throws -> Double {
        let now = Date().timeIntervalSince1970
        try require("a picture of the camera", within: 20) { try !self.watch.samples(of: "camera", from: now).isEmpty }
        let recovery = Date().timeIntervalSince1970 - now
        // It is back when it stays.
        try require("more pictures", within: 5) { try self.watch.samples(of: "camera", from: now).count > pictures }
        return recovery
    }

    /// How often the program has said something of the camera.
    func count(_ type: String) throws -> Int { try watch.events(of: "camera").count { $0.type == type } }

    /// Waits for something that has to come.
    func require(_ what: String, within seconds: Double, _ condition: () throws -> Bool) throws {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            if try condition() { return }
            Self.sleep(0.03)
        }
        try #require(try condition(), "\(name): \(what) has not come within \(seconds) s: \(watch.errors)")
    }

    static func sleep(_ seconds: Double) { usleep(UInt32(seconds * 1e6)) }

    // MARK: - Before and after

    /// Waits until both are there, and notes what the program holds.
    private func settle() throws {
        try require("the first pictures of both", within: 30) {
            try self.watch.samples(of: "camera").count > 10 && self.watch.samples(of: "other").count > 10
        }
        before = holdings(seconds: 1)
    }

    /// What the program holds now, and the highest number of threads that it has for a while.
    private func holdings(seconds: Double) -> Holdings {
        var threads = 0
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            threads = max(threads, watch.threads)
            Self.sleep(0.05)
        }
        return Holdings(descriptors: watch.descriptors, threads: threads)
    }

    private func finish(_ outcome: Outcome) throws {
        let rest = start + Self.shortest - Date().timeIntervalSince1970
        if rest > 0 { Self.sleep(rest) }
        end = Date().timeIntervalSince1970
        let share = (watch.secondsWaited - waited) / (end - start)
        let after = waitForHoldings()
        let rate = try healthyRate()
        let away = try secondsAway(outcome)
        print(
            "| \(name) | \(String(format: "%.1f", away)) | \(String(format: "%.2f", rate)) "
                + "| \(before.descriptors.count) → \(after.descriptors.count) | \(before.threads) → \(after.threads) | \(String(format: "%.2f", share)) |")
        if case .neverLost(let longest) = outcome { #expect(away <= longest) } else { #expect(away <= Self.longestRecovery) }
        #expect(abs(rate - 10) <= 0.5, "the other camera's pictures in a second")
        #expect(after.descriptors.count == before.descriptors.count, "\(before.descriptors) \(after.descriptors)")
        #expect(after.threads <= max(before.threads, Self.mostThreads))
        try checkEvents(outcome)
    }

    /// From the camera's return to the first picture, or else the longest time without one.
    private func secondsAway(_ outcome: Outcome) throws -> Double {
        if case .found(let seconds) = outcome { return seconds }
        let times = try watch.samples(of: "camera", from: start).filter { $0 < end } + [end]
        return zip([start] + times, times).map { $1 - $0 }.max() ?? .infinity
    }

    /// What the program holds when it holds no more than before, or else what it still holds after a while.
    private func waitForHoldings() -> Holdings {
        let limit = Date().addingTimeInterval(10)
        var now = Holdings()
        repeat {
            now = Holdings(descriptors: watch.descriptors, threads: watch.threads)
            if now.descriptors.count == before.descriptors.count, now.threads <= max(before.threads, Self.mostThreads) { return now }
            Self.sleep(0.1)
        } while Date() < limit
        return now
    }

    // MARK: - What is promised of every case

    /// Pictures of the healthy camera in a second, from the fault's beginning to the recovery's end: whole
    /// intervals between the first and the last, so that it does not matter when the measurement begins.
    private func healthyRate() throws -> Double {
        try require("what was seen of the other until the end", within: 3) {
            try self.watch.samples(of: "other", from: self.end).count > 0
        }
        let times = try watch.samples(of: "other", from: start).filter { $0 <= end }
        guard let first = times.first, let last = times.last, last > first else { return 0 }
        // Neither a late beginning nor an early end may hide a gap.
        #expect(first - start < 0.5 && end - last < 0.5, "\(first - start) s, \(end - last) s")
        return Double(times.count - 1) / (last - first)
    }

    private func checkEvents(_ outcome: Outcome) throws {
        let outages = if case .found = outcome { 1 } else { 0 }
        #expect(watch.stop() == 0, "\(watch.errors)")
        #expect(try count("source_lost") == outages)
        #expect(try count("source_found") == outages)
        let other = try watch.events(of: "other")
        #expect(other.allSatisfy { ["start", "end"].contains($0.type) }, "\(other.map(\.type))")
        #expect(healthy.connections == 1)
        for source in ["camera", "other"] { try checkPairs(source) }
    }

    /// Everything that began has ended, once.
    private func checkPairs(_ source: String) throws {
        let events = try watch.events(of: source)
        let starts = events.filter { $0.type == "start" }.map(\.id)
        let ends = events.filter { $0.type == "end" }.map(\.id)
        #expect(!starts.isEmpty, "\(source): something is seen")
        #expect(Set(starts).count == starts.count, "\(source): no id is given twice")
        #expect(starts.sorted() == ends.sorted(), "\(source): what began has ended")
    }
}
