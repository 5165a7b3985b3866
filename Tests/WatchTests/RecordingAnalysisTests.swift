import Basics
import Capture
import Dispatch
import Events
import Foundation
import MobileNet
import TestSupport
import Testing

@testable import Watch

/// The pipeline gives the same events however it is run, and loses nothing.
@Suite(.enabled(if: Recording.isAvailable, Recording.reason), .timeLimit(.minutes(10))) struct RecordingAnalysisTests {
    /// Everything low enough that a network without training has something to say.
    static let thresholds = Thresholds(enter: 0.3, leave: 0.2, holdTime: 0.2, clearDelay: 0.3)

    @Test func eventsAndSamplesAreTheSameForAnyNumberOfLanes() throws {
        try Recording.with { folder, clip in
            let reference = try Self.analyze(clip, in: folder, workers: 1)
            #expect(reference.summary.samples == 100)
            #expect(reference.events.count > 2, "the test wants something to compare")
            for workers in [1, 2, 3, 8] {
                let other = try Self.analyze(clip, in: folder, workers: workers)
                #expect(other.events == reference.events, "\(workers) workers")
                #expect(other.samples == reference.samples, "\(workers) workers")
            }
        }
    }

    @Test func everySampleIsThereAndInOrder() throws {
        try Recording.with { folder, clip in
            let result = try Self.analyze(clip, in: folder, workers: 4)
            let times = try result.samples.map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(object?["media"] as? Double)
            }
            #expect(times.count == 100)
            for (index, time) in times.enumerated() { #expect(abs(time - Double(index) * 0.04) < 0.001) }
        }
    }

    @Test func linesAreJSONWithTheFieldsThatAreDocumented() throws {
        try Recording.with { folder, clip in
            let result = try Self.analyze(clip, in: folder, workers: 2)
            for (index, line) in result.events.enumerated() {
                let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                #expect(object["v"] as? Int == 1)
                #expect(object["seq"] as? Int == index + 1)
                #expect(object["source"] as? String == clip)
                #expect(object["region"] as? String == "full")
                #expect(["start", "end"].contains(object["type"] as? String))
                if object["type"] as? String == "end" {
                    for key in ["duration", "peak", "mean", "samples", "reason"] {
                        #expect(object[key] != nil, "\(key)")
                    }
                }
            }
            let ids = try result.events.map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(object?["id"] as? String)
            }
            for id in Set(ids) { #expect(ids.count { $0 == id } == 2, "a start and an end") }
        }
    }

    /// Events go on, and it is said once that the time stamps have jumped.
    @Test func aRecordingWhoseTimeStampsJumpBackGoesOn() throws {
        try Recording.withFolder { folder in
            let path = folder + "/joined.ts"
            try Recording.joined(path, in: folder)
            let reference = try Self.analyze(path, in: folder, workers: 1)
            #expect(try Self.analyze(path, in: folder, workers: 3).events == reference.events)
            #expect(reference.summary.samples == 200)
            #expect(reference.summary.length > 7.9, "\(reference.summary.length)")
            let events = try reference.events.map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            let steps = events.filter { $0["type"] as? String == "clock_step" }
            #expect(steps.compactMap { $0["step"] as? Double } == [4])
            #expect(steps.first?["cause"] as? String == "source")
            try expectSpans(events)
            #expect(events.allSatisfy { $0["reason"] as? String != "source_lost" })
            let media = try reference.samples.map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(object?["media"] as? Double)
            }
            #expect(zip(media, media.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    /// An event lasts as long as its time stamps say, and as its times say.
    private func expectSpans(_ events: [[String: Any]]) throws {
        var starts: [String: [String: Any]] = [:]
        var ends = 0
        for event in events {
            guard let id = event["id"] as? String, let type = event["type"] as? String else { continue }
            if type == "start" { starts[id] = event }
            guard type == "end", let start = starts[id] else { continue }
            ends += 1
            let span = try #require(event["media"] as? Double) - (try #require(start["media"] as? Double))
            #expect(abs(span - (try #require(event["duration"] as? Double))) < 0.002)
        }
        #expect(ends > 0)
    }

    @Test func anInterruptedAnalysisEndsWhatIsSeen() throws {
        try Recording.with { folder, clip in
            let pipe = folder + "/events"
            try #require(mkfifo(pipe, 0o600) == 0)
            let interruption = CancellationToken()
            let lines = Mutex<[String]>([])
            let reading = DispatchGroup()
            DispatchQueue.global().async(group: reading) {
                guard let file = FileHandle(forReadingAtPath: pipe) else { return }
                var text = Data()
                while case let part = file.availableData, !part.isEmpty {
                    text += part
                    interruption.cancel()  // something has begun
                }
                lines.withLock { $0 = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init) }
            }
            do {
                let sinks = RecordingSinks(events: try .file(pipe), samples: nil)
                // The reader of a pipe has to be given time: frames come again and again.
                let long = folder + "/long.mkv"
                try Recording.repeated(clip, times: 100, to: long)
                #expect(throws: SourceError.interrupted) {
                    try Self.analysis(workers: 2, sinks: sinks)
                        .run(path: long, interruption: interruption, progress: RecordingProgress())
                }
                try sinks.flush()
            }
            reading.wait()
            let types = lines.withLock { $0 }
            #expect(types.count { $0.contains(#""type":"start""#) } == types.count { $0.contains(#""type":"end""#) })
            #expect(types.last?.hasSuffix(#""reason":"shutdown"}"#) == true)
        }
    }

    @Test func aSinkThatFailsStopsTheWork() throws {
        try Recording.with { folder, clip in
            let progress = RecordingProgress()
            let sinks = RecordingSinks(events: try .file("/dev/null"), samples: try .file("/dev/full"))
            let error = #expect(throws: LineSink.Failure.self) {
                let long = folder + "/long.mkv"
                try Recording.repeated(clip, times: 20, to: long)
                defer { #expect(progress.state.samples < 2000, "it does not go on to the end") }
                _ = try Self.analysis(workers: 2, sinks: sinks)
                    .run(path: long, interruption: CancellationToken(), progress: progress)
                try sinks.flush()
            }
            #expect(error?.description == "/dev/full: cannot write: no space left on device")
        }
    }

    private static func analyze(
        _ clip: String, in folder: String, workers: Int
    ) throws -> (summary: RecordingAnalysis.Summary, events: [String], samples: [String]) {
        let events = try LineSink.file(folder + "/events")
        let samples = try LineSink.file(folder + "/samples")
        events.empty()
        samples.empty()
        let sinks = RecordingSinks(events: events, samples: samples)
        let summary = try analysis(workers: workers, sinks: sinks)
            .run(path: clip, interruption: CancellationToken(), progress: RecordingProgress())
        try sinks.flush()
        func lines(_ name: String) throws -> [String] {
            try String(contentsOfFile: folder + name, encoding: .utf8).split(separator: "\n").map(String.init)
        }
        return (summary, try lines("/events"), try lines("/samples"))
    }

    private static func analysis(workers: Int, sinks: RecordingSinks) throws -> RecordingAnalysis {
        let labels = SmallNetwork.labels
        let settings = RecordingSettings(
            sampling: .all, fit: .squash, workers: workers, decoderThreads: 2,
            rules: .labels(labels.indices.map { LabelTarget(classes: [$0], group: nil, thresholds: thresholds) }),
            labels: labels, model: "test", start: nil)
        return RecordingAnalysis(plans: NetworkPlans(try SmallNetwork.plan()), settings: settings, sinks: sinks)
    }
}
