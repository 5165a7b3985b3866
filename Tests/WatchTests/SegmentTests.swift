import Basics
import Capture
import Events
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Watch

/// Segments that are read at the same time, stored samples and interrupted analyses give the events of a single pass, byte for
/// byte.
@Suite(.enabled(if: Recording.isAvailable, Recording.reason), .timeLimit(.minutes(20))) struct SegmentTests {
    private static let options = [
        "-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p",
    ]

    struct Outcome: Equatable {
        var events: Data
        var samples: Data
        var corruption: Corruption
        var count: Int
    }

    private static func analysis(readers: Int, sampling: Sampling, sinks: RecordingSinks) throws -> RecordingAnalysis {
        let labels = SmallNetwork.labels
        var settings = RecordingSettings(
            sampling: sampling, fit: .squash, workers: 2, decoderThreads: 1,
            rules: .labels(
                labels.indices.map {
                    LabelTarget(classes: [$0], group: nil, thresholds: RecordingAnalysisTests.thresholds)
                }),
            labels: labels, model: "test", start: Timestamp(milliseconds: 0))
        settings.readers = readers
        return RecordingAnalysis(plans: NetworkPlans(try SmallNetwork.plan()), settings: settings, sinks: sinks)
    }

    private static func analyze(
        _ clip: String, in folder: String, readers: Int, sampling: Sampling = .rate(7), files: SampleFiles? = nil,
        token: CancellationToken = CancellationToken(), progress: RecordingProgress = RecordingProgress()
    ) throws -> Outcome {
        let sink = try LineSink.file(folder + "/events")
        sink.empty()
        let own = SampleFiles(samples: folder + "/samples-\(readers)", checkpoint: folder + "/checkpoint-\(readers)")
        let files = files ?? own
        let sinks = RecordingSinks(events: sink, samples: nil)
        // An interrupted analysis must not write into the file of the next one.
        defer { try? sinks.flush() }
        let summary = try analysis(readers: readers, sampling: sampling, sinks: sinks)
            .run(path: clip, storedIn: files, interruption: token, progress: progress)
        try sinks.flush()
        return Outcome(
            events: try Data(contentsOf: URL(fileURLWithPath: folder + "/events")),
            samples: try Data(contentsOf: URL(fileURLWithPath: files.samples)), corruption: summary.corruption,
            count: summary.samples)
    }

    @Test(arguments: ["a.mp4", "a.mkv", "a.ts"]) func segmentsGiveTheEventsOfASinglePass(name: String) throws {
        try Recording.withFolder { folder in
            let path = folder + "/" + name
            try Recording.scene(path, seconds: 65, rate: 25, options: Self.options)
            for sampling in [Sampling.rate(7), .all] {
                let single = try Self.analyze(path, in: folder, readers: 1, sampling: sampling)
                #expect(single.events.count > 500, "the test wants something to compare")
                for readers in [2, 5] {
                    #expect(try Self.analyze(path, in: folder, readers: readers, sampling: sampling) == single)
                }
            }
        }
    }

    /// Bytes that are zero in the middle, and a file that ends too early.
    @Test(arguments: [true, false]) func damagedRecordingsAreReadAlike(isTruncated: Bool) throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.mp4"
            try Recording.scene(path, seconds: 65, rate: 25, options: Self.options + ["-movflags", "+faststart"])
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            let middle = bytes.count * 55 / 100
            if isTruncated {
                bytes = bytes.prefix(middle)
            } else {
                bytes.replaceSubrange(middle..<middle + 4000, with: Data(repeating: 0, count: 4000))
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            let single = try Self.analyze(path, in: folder, readers: 1)
            #expect(!single.corruption.isEmpty)
            let segments = try Self.analyze(path, in: folder, readers: 3)
            #expect(segments.events == single.events)
            #expect(segments.samples == single.samples)
            #expect((segments.corruption.truncatedAt == nil) == (single.corruption.truncatedAt == nil))
            #expect(segments.corruption.segments.count == single.corruption.segments.count)
        }
    }

    @Test(arguments: [1, 3]) func anInterruptedAnalysisGoesOn(readers: Int) throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.mp4"
            try Recording.scene(path, seconds: 200, rate: 25, options: Self.options)
            let whole = try Self.analyze(path, in: folder, readers: 1, sampling: .all)
            let files = SampleFiles(
                samples: folder + "/resumed", checkpoint: folder + "/resumed-checkpoint", interval: 0.02)
            var interruptions = 0
            for attempt in 1..<50 {
                let token = CancellationToken()
                let progress = RecordingProgress()
                let isOver = Mutex(false)
                DispatchQueue.global().async {
                    while progress.state.samples < 1000 * attempt, !isOver.withLock({ $0 }) { usleep(1000) }
                    token.cancel()
                }
                defer { isOver.withLock { $0 = true } }
                do {
                    let outcome = try Self.analyze(
                        path, in: folder, readers: readers, sampling: .all, files: files, token: token,
                        progress: progress)
                    #expect(outcome == whole)
                    break
                } catch SourceError.interrupted { interruptions += 1 }
            }
            #expect(interruptions > 0)
            #expect(!FileManager.default.fileExists(atPath: files.checkpoint))
        }
    }

    @Test func aReplayGivesTheSameEvents() throws {
        try Recording.withFolder { folder in
            let path = folder + "/joined.ts"
            try Recording.joined(path, in: folder)
            let outcome = try Self.analyze(path, in: folder, readers: 1, sampling: .all)
            let sink = try LineSink.file(folder + "/replayed")
            let sinks = RecordingSinks(events: sink, samples: nil)
            let replay = try RecordingReplay(folder + "/samples-1")
            let labels = SmallNetwork.labels
            let rules = RegionRules.labels(
                labels.indices.map {
                    LabelTarget(classes: [$0], group: nil, thresholds: RecordingAnalysisTests.thresholds)
                })
            try replay.run(rules, labels: labels, into: sinks)
            try sinks.flush()
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/replayed")) == outcome.events)
        }
    }

    @Test func aPlanBeginsItsSegmentsBehindKeyFrames() throws {
        let keyFrames = stride(from: 0.0, to: 600, by: 10).map { $0 }
        let plan = try #require(
            SegmentPlan(.all, duration: 600, keyFrames: keyFrames, lead: 1.5, rate: 2, readers: 2))
        #expect(plan.count == 8)
        #expect(plan.starts.dropFirst().allSatisfy { ($0 - 1.5).truncatingRemainder(dividingBy: 10) == 0 })
        #expect(plan.part(0).from == 0)
        #expect(plan.part(7).to == nil)
        #expect((1..<8).allSatisfy { plan.part($0).from == plan.part($0 - 1).to })
        #expect(SegmentPlan(.all, duration: 600, keyFrames: keyFrames, lead: 1.5, rate: 2, readers: 1) == nil)
        #expect(SegmentPlan(.all, duration: 30, keyFrames: keyFrames, lead: 1.5, rate: 2, readers: 2) == nil)
        #expect(SegmentPlan(.all, duration: .infinity, keyFrames: [], lead: 1.5, rate: 2, readers: 2) == nil)
    }
}
