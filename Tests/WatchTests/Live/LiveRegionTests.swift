import Capture
import Foundation
import TestSupport
import Testing

@testable import Watch

/// Regions of a live source are looked at by themselves, and a source may be read from elsewhere.
@Suite(.enabled(if: Recording.isAvailable, Recording.reason), .timeLimit(.minutes(10))) struct LiveRegionTests {
    @Test func eachRegionHasEventsOfItsOwn() throws {
        try Recording.withFolder { folder in
            let clip = folder + "/clip.ts"
            try Data(try Recording.stream(in: folder, seconds: 4)).write(to: URL(fileURLWithPath: clip))
            let regions =
                [Region(name: "left", x: 0, y: 0, width: 0.5, height: 1)]
                + TileGrid(columns: 2, rows: 1).regions
            let settings = LiveRun.settings(regions: regions, enter: 0.05)
            let run = try LiveRun([LiveRun.file("clip", clip, loops: false, settings: settings)], in: folder)
            #expect(run.waitForEnd())
            let lines = try run.lines(of: "clip")
            let byRegion = Dictionary(grouping: lines) { $0["region"] as? String ?? "none" }
            #expect(Set(byRegion.keys) == ["left", "tile-1-1", "tile-1-2"])
            for (region, lines) in byRegion {
                let types = lines.compactMap { $0["type"] as? String }
                #expect(types.count { $0 == "start" } == types.count { $0 == "end" }, "\(region)")
            }
            // The same part of the frame by two names: the same is seen in it, unless a worker was not quick enough.
            let left = try #require(byRegion["left"]).map(Self.sight)
            if run.status().replaced == 0 { #expect(left == byRegion["tile-1-1"]?.map(Self.sight)) }
            #expect(left != byRegion["tile-1-2"]?.map(Self.sight))
            #expect((38...42).contains(run.status().samples), "frames are counted once, whatever their regions")
        }
    }

    private static func sight(_ event: [String: Any]) -> String {
        "\(event["label"] as? String ?? "none") \(event["score"] as? Double ?? -1)"
    }

    @Test func aSourceThatIsReadFromElsewhereGoesOn() throws {
        try Recording.with { folder, clip in
            let away = LiveSource(name: "camera", settings: LiveRun.settings()) { interruption in
                PacedFileSource(
                    path: folder + "/nothing.mp4", loops: true, sampling: .rate(10), decoderThreads: 1,
                    interruption: interruption)
            }
            let run = try LiveRun([away, LiveRun.file("other", clip)], in: folder)
            try run.require { if case .away = run.status().state { true } else { false } }
            let other = LiveRun.file("camera", clip)
            #expect(run.analysis.reload("camera", make: other.make))
            try run.require { run.status().samples > 5 }
            // While it is read, too.
            let connections = run.status().connections
            #expect(run.analysis.reload("camera", make: other.make))
            try run.require { run.status().connections == connections + 1 }
            let samples = run.status().samples
            try run.require { run.status().samples > samples + 5 }
            #expect(!run.analysis.reload("nobody", make: other.make))
            #expect(run.status(1).connections == 1, "the other source does not notice")
            #expect(run.stop())
        }
    }
}
