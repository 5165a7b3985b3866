import Basics
import Capture
import Dispatch
import Events
import Foundation
import MobileNet
import TestSupport
import Testing

@testable import Watch

/// A live analysis in a test, with a small network, and everything that it said.
final class LiveRun: Sendable {
    let analysis: LiveAnalysis
    private let events: String
    private let over = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - folder: for its events.
    init(_ sources: [LiveSource], in folder: String, endsWithSources: Bool = true) throws {
        events = folder + "/events-\(UUID().uuidString)"
        let settings = LiveSettings(
            workers: 2, labels: SmallNetwork.labels, model: "test", endsWithSources: endsWithSources)
        let sinks = LiveSinks(
            events: [LiveLineSink(try .file(events), now: { Timestamp(seconds: WallClock.now) })])
        analysis = LiveAnalysis(
            plans: NetworkPlans(try SmallNetwork.plan()), sources: sources, settings: settings, sinks: sinks)
        analysis.start { [over] in over.signal() }
    }

    /// Stops it, and waits until it has stopped.
    ///
    /// - Returns: whether it has.
    func stop() -> Bool {
        analysis.stop()
        return waitForEnd()
    }

    /// Waits until it has ended by itself.
    func waitForEnd(seconds: Double = TestTimeout.seconds) -> Bool { over.wait(timeout: .now() + seconds) == .success }

    func status(_ index: Int = 0) -> SourceStatus { analysis.statuses[index].status }

    /// Waits for a condition.
    ///
    /// - Returns: after how many seconds it held; `nil` if it did not.
    func wait(seconds: Double = TestTimeout.seconds, for condition: () -> Bool) -> Double? {
        let start = MonotonicClock.now
        return TestTimeout.wait(seconds: seconds, for: condition) ? MonotonicClock.now - start : nil
    }

    /// Waits for a condition that has to hold.
    func require(_ condition: () -> Bool) throws {
        let holds = TestTimeout.wait(for: condition)
        try #require(holds, "the condition did not hold within \(TestTimeout.seconds) s")
    }

    /// What was said of a source, as JSON objects.
    func lines(of source: String) throws -> [[String: Any]] {
        try String(contentsOfFile: events, encoding: .utf8).split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }.filter { $0["source"] as? String == source }
    }

    func types(of source: String) throws -> [String] { try lines(of: source).compactMap { $0["type"] as? String } }

    /// How a source of a test is watched.
    ///
    /// - Parameter grace: as short as a test can wait for.
    static func settings(regions: [Region] = [.full], grace: Double = 0.5, enter: Double = 0.3) -> SourceSettings {
        let thresholds = Thresholds(enter: enter, leave: enter * 2 / 3, holdTime: 0.2, clearDelay: 0.3)
        let targets = SmallNetwork.labels.indices.map {
            LabelTarget(classes: [$0], group: nil, thresholds: thresholds)
        }
        return SourceSettings(
            sampling: .rate(10), fit: .squash, motion: MotionSettings(enabled: false),
            regions: regions.map { LiveRegion($0, rules: .labels(targets)) }, grace: grace)
    }

    /// A stream, with time-outs that a test can wait for.
    static func stream(
        _ name: String, _ url: String, readTimeout: Double = 2.5, settings: SourceSettings = settings()
    ) throws -> LiveSource {
        let url = try StreamURL(url)
        let options = StreamOptions(connectTimeout: 3, readTimeout: readTimeout)
        return LiveSource(name: name, settings: settings) { interruption in
            StreamSource(url: url, sampling: .rate(10), options: options, interruption: interruption)
        }
    }

    /// A recording, again and again.
    static func file(
        _ name: String, _ path: String, loops: Bool = true, settings: SourceSettings = settings()
    ) -> LiveSource {
        LiveSource(name: name, settings: settings) { interruption in
            PacedFileSource(
                path: path, loops: loops, sampling: .rate(10), decoderThreads: 1, interruption: interruption)
        }
    }
}
