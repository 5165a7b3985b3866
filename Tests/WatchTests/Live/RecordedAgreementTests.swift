import Capture
import Events
import Foundation
import MobileNet
import TestSupport
import Testing

@testable import Watch

/// The model and the clips of the checkout, and the clips beside it, where they are there.
private enum Clips {
    private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let model = checkout.appendingPathComponent("Models/efficientnet-lite0.safetensors").path
    private static let bikes = checkout.appendingPathComponent("Media/bikes.mp4").path
    private static let videos = checkout.deletingLastPathComponent().appendingPathComponent("shared/media/videos").path

    static let photos = ["chelsea", "coffee"].map { checkout.appendingPathComponent("Media/\($0).png").path }
    static let hasPhotos = photos.allSatisfy(FileManager.default.fileExists(atPath:))

    static let isAvailable = FileManager.default.fileExists(atPath: model) && !all.isEmpty
    static let reason: Comment = "the model or the media are not there; `make models media` fetches them"

    static let all: [String] = {
        let shared = ((try? FileManager.default.contentsOfDirectory(atPath: videos)) ?? []).sorted()
            .filter { $0.hasSuffix(".mp4") || $0.hasSuffix(".avi") }.map { videos + "/" + $0 }
        return shared + (FileManager.default.fileExists(atPath: bikes) ? [bikes] : [])
    }()
}

/// `watch` and `analyze` agree on what is there: the same frames with and without the motion gate, with the media time
/// as the clock, over real clips.
@Suite(.enabled(if: Clips.isAvailable, Clips.reason), .timeLimit(.minutes(30))) struct RecordedAgreementTests {
    private static let network = Result { () throws -> (plan: Plan, names: RegionNames, targets: [LabelTarget]) in
        let model = try Model.read(Clips.model)
        let labels = model.labels.names
        let targets = try LabelTargetRules().targets(for: labels)
        return (
            try model.plan(for: .best), RegionNames(source: "clip", region: "full", model: "test", labels: labels),
            targets
        )
    }

    /// The frames of a clip that are sampled, their scores, and what the motion gate says of them.
    private struct Run {
        var times: [Double] = []
        var everySample: [String: [ClosedRange<Double>]] = [:]
        var gated: [String: [ClosedRange<Double>]] = [:]
        var classified = 0
    }

    @Test(arguments: Clips.all)
    func labelsAreThereAtTheSameTimesWithTheGateAndWithout(_ clip: String) throws {
        let rate = 2.0
        let run = try Self.run(clip, rate: rate)
        let name = URL(fileURLWithPath: clip).lastPathComponent
        print("\(name): \(run.classified) of \(run.times.count) frames classified")
        for label in Set(run.everySample.keys).union(run.gated.keys).sorted() {
            let (all, gated) = (run.everySample[label] ?? [], run.gated[label] ?? [])
            let overlap = Self.overlap(all, gated, step: 1 / rate)
            print("\(name): \(label) \(all) \(gated) \(overlap)")
            #expect(overlap >= 0.8, "\(label): \(all) without the gate, \(gated) with it")
        }
    }

    @Test(.enabled(if: Recording.isAvailable && Clips.hasPhotos, Clips.reason))
    func everyPhotoOfFourIsSeenAtOnceAndHardlySampledAfterwards() throws {
        try Recording.withFolder { folder in
            let clip = folder + "/photos.mp4"
            try Recording.slides(Clips.photos + Clips.photos, seconds: 15, to: clip)
            let run = try Self.run(clip, rate: 2)
            #expect(run.gated["Egyptian cat"]?.map { $0.lowerBound.rounded() } == [0, 30])
            #expect(run.gated["espresso"]?.map { $0.lowerBound.rounded() } == [15, 45])
            #expect(run.times.count == 120)
            #expect(
                (40...56).contains(run.classified), "five seconds of each photo, not all fifteen: \(run.classified)")
        }
    }

    private static func run(_ clip: String, rate: Double) throws -> Run {
        let (plan, names, targets) = try network.get()
        let classifier = Classifier(plan: plan)
        let source = FileSource(path: clip, sampling: .rate(rate), decoderThreads: 1, interruption: CancellationToken())
        try source.open()
        defer { source.close() }
        var sampler = Sampler(.rate(rate))
        var motion = MotionDetector(MotionSettings(), findsAreas: false)
        var every = Spans(names, targets: targets)
        var gated = Spans(names, targets: targets)
        var run = Run()
        let buffer = PixelBuffer(width: plan.inputShape.width, height: plan.inputShape.height)
        let scaler = Scaler(fit: .squash)
        while let frame = try source.nextFrame() {
            guard sampler.takes(frame.time) else { continue }
            let time = SampleTime(media: frame.time, epoch: Timestamp(milliseconds: 0))
            try scaler.scale(frame, into: buffer)
            let scores = classifier.probabilities(pixels: buffer.base, bytesPerRow: buffer.bytesPerRow)
            let moves = motion.observe(frame, at: frame.time).isSample
            let isSample = moves || gated.detector.wantsSample
            every.take(.observed(.scores(scores)), at: time)
            gated.take(isSample ? .observed(.scores(scores)) : .repeated, at: time)
            run.times.append(frame.time)
            if isSample { run.classified += 1 }
        }
        run.everySample = every.finish()
        run.gated = gated.finish()
        return run
    }

    /// When labels were seen.
    private struct Spans {
        var detector: LabelRegionDetector
        private var spans: [String: [ClosedRange<Double>]] = [:]

        init(_ names: RegionNames, targets: [LabelTarget]) {
            detector = LabelRegionDetector(names, targets: targets)
        }

        mutating func take(_ outcome: LiveEventDetector.Outcome, at time: SampleTime) {
            add(detector.take(outcome, at: time) ?? [])
        }

        mutating func finish() -> [String: [ClosedRange<Double>]] {
            add(detector.finish(.sourceEnded))
            return spans
        }

        private mutating func add(_ events: [AnalysisEvent]) {
            for case .label(let event) in events where event.kind != .start {
                let (interval, composer) = (event.interval, detector.composer)
                let label = composer.labels[composer.targets[interval.target].classes[0]]
                spans[label, default: []].append(interval.start.media...interval.end.media)
            }
        }
    }

    /// The time in both, as a part of the time in either. A sample stands for the time until the next one.
    private static func overlap(_ one: [ClosedRange<Double>], _ other: [ClosedRange<Double>], step: Double) -> Double {
        func slots(_ spans: [ClosedRange<Double>]) -> Set<Int> {
            Set(spans.flatMap { Int(($0.lowerBound / step).rounded())...Int(($0.upperBound / step).rounded()) })
        }
        let (one, other) = (slots(one), slots(other))
        return one.isEmpty && other.isEmpty ? 1 : Double(one.intersection(other).count) / Double(one.union(other).count)
    }
}
