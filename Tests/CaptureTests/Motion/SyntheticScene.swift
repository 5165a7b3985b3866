import TestSupport
import Glibc

@testable import Capture

/// A camera that looks at a scene with a pattern, through a noisy sensor, as grids. The same every time.
struct SyntheticScene {
    let layout: LumaGrid.Layout
    /// What the scene looks like without noise, from 40 to 200.
    var levels: [Float]
    /// The standard deviation of a cell's level is up to this; it is different from cell to cell.
    var noise: Float
    private var random: SplitMix64
    private var spare: Float?

    /// - Parameters:
    ///   - width: pixels; 256 × 144 are 32 × 18 cells, 512 × 288 are 64 × 36.
    ///   - seed: of the pattern and of the noise.
    init(
        width: Int = 256, height: Int = 144, orientation: Orientation = .upright, noise: Float = 1, seed: UInt64 = 1
    ) {
        layout = LumaGrid.Layout(width: width, height: height, orientation: orientation)
        random = SplitMix64(state: seed)
        levels = []
        self.noise = noise
        levels = (0..<layout.count).map { _ in 40 + 160 * random.fraction() }
    }

    /// The next frame. `change` gets every cell's column, row and level.
    mutating func grid(_ change: (Int, Int, Float) -> Float = { $2 }) -> LumaGrid {
        var grid = LumaGrid(layout: layout)
        for row in 0..<layout.rows {
            for column in 0..<layout.columns {
                let index = row * layout.columns + column
                let level = change(column, row, levels[index]) + deviation(index) * gaussian()
                grid.levels[index] = min(max(level, 0), 255)
            }
        }
        return grid
    }

    /// The next frame, with something in it that differs by 60 levels.
    mutating func grid(objectAt columns: Range<Int>, _ rows: Range<Int>) -> LumaGrid {
        grid { column, row, level in
            guard columns.contains(column), rows.contains(row) else { return level }
            return level < 128 ? level + 60 : level - 60
        }
    }

    private func deviation(_ index: Int) -> Float { noise * (0.25 + 0.75 * Float(index % 7) / 6) }

    /// Box and Muller's, which makes two of two.
    private mutating func gaussian() -> Float {
        if let spare {
            self.spare = nil
            return spare
        }
        let radius = (-2 * logf(max(random.fraction(), 1e-12))).squareRoot()
        let angle = 2 * Float.pi * random.fraction()
        spare = radius * sinf(angle)
        return radius * cosf(angle)
    }
}

/// A gate, and the frames that it is shown at a steady rate.
struct GateRun {
    var gate: MotionGate
    var scene: SyntheticScene
    /// Frames in a second.
    var rate: Double
    var time = 0.0
    /// What the gate said, and when.
    private(set) var verdicts: [(time: Double, verdict: MotionVerdict)] = []

    init(_ settings: MotionSettings = MotionSettings(), scene: SyntheticScene = SyntheticScene(), rate: Double = 5) {
        gate = MotionGate(settings: settings)
        self.scene = scene
        self.rate = rate
    }

    /// Shows one frame.
    @discardableResult
    mutating func show(_ grid: LumaGrid) -> MotionVerdict {
        let verdict = gate.observe(grid, at: time)
        verdicts.append((time, verdict))
        time += 1 / rate
        return verdict
    }

    /// Shows the scene, changed by what `change` makes of a cell's column, row and level and of the time.
    mutating func show(seconds: Double, _ change: (Int, Int, Float, Double) -> Float) {
        for _ in 0..<Int((seconds * rate).rounded()) {
            let time = time
            show(scene.grid { change($0, $1, $2, time) })
        }
    }

    /// Shows the scene as it is.
    mutating func showStill(seconds: Double) { show(seconds: seconds) { _, _, level, _ in level } }

    /// When a reason was given.
    func times(_ reason: MotionVerdict.Reason) -> [Double] {
        verdicts.filter { $0.verdict.reason == reason }.map(\.time)
    }

    /// How often a reason was given.
    func count(_ reason: MotionVerdict.Reason) -> Int { gate.statistics[reason] }
}
