import Foundation
import TestSupport
import Testing

@testable import Capture

/// A frame in which everything is new is sampled at once, and so are those that follow. Times are in seconds.
@Suite(.timeLimit(.minutes(10))) struct MotionSceneTests {
    /// What comes into sight after thirty seconds of a still scene.
    struct Case: CustomStringConvertible, Sendable {
        var description: String
        /// The new level, of column, row, old level and seconds since then.
        var change: @Sendable (Int, Int, Float, Double) -> Float
    }

    private static let other = SyntheticScene.smooth(seed: 77).levels
    private static let infrared = SyntheticScene.smooth(seed: 78).levels.map { 0.4 * $0 + 20 }

    static let cases =
        [
            Case(description: "a cut to another frame") { column, row, _, _ in other[row * 32 + column] },
            Case(description: "infrared") { column, row, _, _ in infrared[row * 32 + column] },
            Case(description: "a negative") { _, _, level, _ in 255 - level },
            Case(description: "a lens cap") { _, _, _, _ in 4 },
            Case(description: "glare") { _, _, _, _ in 255 },
        ]
        + [0.7, 0.8, 0.95].flatMap { (part: Double) in
            let edge = Int(32 * part)
            return [
                Case(description: "a pattern over \(part)") { column, row, level, _ in
                    column < edge ? other[row * 32 + column] : level
                },
                Case(description: "something flat and dark over \(part)") { column, _, level, _ in
                    column < edge ? 25 : level
                },
                Case(description: "a white side over \(part)") { column, _, level, _ in column < edge ? 240 : level },
                Case(description: "something dark over \(part), against which the exposure is set") {
                    column, _, level, _ in
                    column < edge ? 40 : level * 1.4
                },
                Case(description: "something bright over \(part), against which the exposure is set") {
                    column, _, level, _ in
                    column < edge ? 220 : level * 0.6
                },
            ]
        }

    @Test(arguments: cases)
    func aFrameInWhichEverythingIsNewIsSampledAtOnceAndOthersFollow(_ example: Case) throws {
        for seed in 1...2 {
            var run = GateRun(MotionSettings(heartbeat: nil), scene: .smooth(seed: UInt64(seed)))
            run.showStill(seconds: 30)
            run.show(seconds: 60) { example.change($0, $1, $2, $3 - 30) }
            let verdicts = run.verdicts.filter { $0.time > 29.9 }
            #expect(["scene", "motion"].contains(verdicts[0].verdict.reason.rawValue), "\(verdicts[0])")
            #expect(verdicts.prefix(25).allSatisfy { $0.verdict.classifies }, "five seconds of others")
            #expect(verdicts.suffix(150).allSatisfy { $0.verdict.reason == .still }, "then it is known")
            let back = run.show(run.scene.grid())
            #expect(back.classifies, "it goes away")
        }
    }

    @Test(arguments: [1, 2, 5])
    func everyFrameOfACameraThatTurnsIsSampled(_ columnsAFrame: Int) {
        let columns = 400
        let panorama = SyntheticScene.surfaces(columns: columns, rows: 18, seed: 4)
        var run = GateRun(MotionSettings(heartbeat: nil), scene: .smooth(seed: 1))
        func view(from first: Int) -> (Int, Int, Float) -> Float {
            { column, row, _ in panorama[row * columns + first + column] }
        }
        for _ in 0..<100 { run.show(run.scene.grid(view(from: 0))) }
        for step in 1...50 {
            #expect(run.show(run.scene.grid(view(from: step * columnsAFrame))).classifies, "\(step)")
        }
        #expect(run.count(.motion) + run.count(.scene) >= 25, "most of them by what they show")
        for _ in 0..<150 { run.show(run.scene.grid(view(from: 50 * columnsAFrame))) }
        #expect(run.verdicts.suffix(50).allSatisfy { $0.verdict.reason == .still })
    }

    /// Light that changes: a level from column, row and the old level.
    ///
    /// With each, the fewest of ten scenes in which it is told to be light.
    static let lights: [(name: String, least: Int, change: @Sendable (Int, Int, Float) -> Float)] = [
        ("half", 9, { $2 * 0.5 }), ("less", 9, { $2 * 0.7 }), ("more", 9, { $2 * 1.35 }),
        ("a veil", 6, { $2 * 0.8 + 40 }),
        ("a tone curve", 9, { 255 * pow($2 / 255, 0.6) }), ("another tone curve", 5, { 255 * pow($2 / 255, 1.5) }),
        ("a lamp on the left", 7, { $2 * (1 + 0.5 * exp(-Float($0) / 16)) }),
    ]

    @Test(arguments: lights.indices)
    func lightIsToldFromContentByStructure(_ index: Int) {
        var told = 0
        for seed in 1...10 {
            var run = GateRun(MotionSettings(heartbeat: nil), scene: .smooth(seed: UInt64(seed)))
            run.showStill(seconds: 30)
            run.show(seconds: 30) { Self.lights[index].change($0, $1, $2) + Float(0 * $3) }
            let sampled = run.verdicts.filter { $0.time > 29.9 && $0.verdict.classifies }
            if !sampled.contains(where: { ["motion", "scene"].contains($0.verdict.reason.rawValue) }) { told += 1 }
            #expect(
                sampled.count <= 80, "\(Self.lights[index].name): it is known after fifteen seconds, whatever it was")
        }
        #expect(told >= Self.lights[index].least, "\(Self.lights[index].name): \(told) of 10")
    }

    @Test func anotherSceneIsHardlyEverTakenForLight() {
        var light = 0
        for seed in 0..<200 {
            var run = GateRun(MotionSettings(heartbeat: nil, hold: 0), scene: .smooth(seed: UInt64(1000 + seed)))
            run.showStill(seconds: 5)
            run.scene.levels = SyntheticScene.smooth(seed: UInt64(5000 + seed)).levels
            if run.show(run.scene.grid()).reason == .lightChange { light += 1 }
        }
        #expect(light <= 1, "\(light) of 200")
    }
}

extension SyntheticScene {
    /// A scene with surfaces as frames have them.
    static func smooth(seed: UInt64) -> SyntheticScene {
        var scene = SyntheticScene(noise: 1, seed: seed)
        scene.levels = surfaces(columns: scene.layout.columns, rows: scene.layout.rows, seed: seed)
        return scene
    }

    /// Levels with slopes and edges of several sizes, and a flat part of ten columns.
    static func surfaces(columns: Int, rows: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(state: seed &* 0x9E37_79B9_7F4A_7C15)
        var levels = [Float](repeating: 20, count: columns * rows)
        for (size, weight) in [(12, Float(90)), (6, 60), (3, 50)] {
            let line = columns / size + 2
            let points = (0..<line * (rows / size + 2)).map { _ in random.fraction() }
            for row in 0..<rows {
                for column in 0..<columns {
                    let corner = row / size * line + column / size
                    let (u, v) = (Float(column % size) / Float(size), Float(row % size) / Float(size))
                    let upper = points[corner] * (1 - u) + points[corner + 1] * u
                    let lower = points[corner + line] * (1 - u) + points[corner + line + 1] * u
                    levels[row * columns + column] += weight * (upper * (1 - v) + lower * v)
                }
            }
        }
        let flat = (level: 60 + 120 * random.fraction(), column: Int(random.fraction() * Float(columns - 10)))
        for index in levels.indices where (flat.column..<flat.column + 10).contains(index % columns) {
            levels[index] = flat.level
        }
        return levels
    }
}
