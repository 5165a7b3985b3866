import Foundation
import Testing

@testable import Capture

/// Photos beside the checkout, where they are there.
private enum Photos {
    static let reason: Comment = "../shared is not there: no photos to try this with"

    static let paths: [String] = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { folder.deleteLastPathComponent() }
        let path = folder.appendingPathComponent("shared/media/photos").path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
            .filter { ["bmp", "jpg", "png"].contains(URL(fileURLWithPath: $0).pathExtension) }
            // The same cat three times: another size of one photo is no other image.
            .filter { !$0.contains("cat_720p") && !$0.contains("resized_cat") }
            .map { path + "/" + $0 }
    }()

    static let isAvailable = !paths.isEmpty
}

/// Real photos, shown to the gate one after the other, and each in another light.
@Suite(.enabled(if: Photos.isAvailable, Photos.reason), .timeLimit(.minutes(10))) struct MotionPhotoTests {
    /// The photos, each as 32 × 18 levels.
    private static func photos() throws -> [[Float]] {
        try Photos.paths.map { path in
            let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
            try source.open()
            defer { source.close() }
            let frame = try #require(try source.nextFrame())
            var grid = LumaGrid()
            try LumaReducer().reduce(frame, into: &grid)
            return resampled(grid)
        }
    }

    private static func resampled(_ grid: LumaGrid) -> [Float] {
        (0..<18 * 32).map { cell in
            let (row, column) = (cell / 32 * grid.layout.rows / 18, cell % 32 * grid.layout.columns / 32)
            return grid.levels[row * grid.layout.columns + column]
        }
    }

    /// A gate that has seen a photo for thirty seconds.
    private static func run(_ photo: [Float]) -> GateRun {
        var run = GateRun(MotionSettings(heartbeat: nil, hold: 0))
        run.scene.levels = photo
        run.showStill(seconds: 30)
        return run
    }

    @Test func everyPhotoAfterEveryOtherIsContent() throws {
        let photos = try Self.photos()
        for (before, photo) in photos.enumerated() {
            let seen = Self.run(photo)
            for (after, other) in photos.enumerated() where after != before {
                var run = seen
                run.scene.levels = other
                let reason = run.show(run.scene.grid()).reason
                #expect(
                    [.scene, .motion].contains(reason), "\(Photos.paths[before]), \(Photos.paths[after]): \(reason)")
            }
        }
    }

    /// Light on a real image is mostly told to be light. Where it is not, it is sampled for some seconds.
    @Test func photosInAnotherLightAreMostlyLight() throws {
        let photos = try Self.photos()
        var told = 0
        var all = 0
        for photo in photos {
            let seen = Self.run(photo)
            for light in MotionSceneTests.lights {
                var run = seen
                run.show(seconds: 20) { light.change($0, $1, $2) + Float(0 * $3) }
                all += 1
                let reasons = run.verdicts.filter { $0.time > 29.9 }.map(\.verdict.reason)
                if reasons[0] == .lightChange, !reasons.contains(.scene), !reasons.contains(.motion) { told += 1 }
                #expect(reasons[0].classifies)
                #expect(reasons.suffix(20).allSatisfy { $0 == .still }, "\(light.name)")
            }
        }
        print("\(told) of \(all) changes of the light on photos were told to be light")
        #expect(told * 4 >= all * 3)
    }
}
