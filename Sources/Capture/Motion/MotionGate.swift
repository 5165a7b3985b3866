/// Motion gate: selects the frames of a camera to be classified, which are those with motion and a few more (see
/// ``MotionVerdict/Reason``).
///
/// It skips a frame only if the frame shows what was classified before: nothing differs from the ``Background``, or only
/// the light does (see ``LightTest``).
///
/// A value without a clock; the caller passes the time in seconds, by any clock. Time that goes back counts as 0; a jump
/// forward counts as elapsed time.
package struct MotionGate: Sendable, Codable {
    /// Settings of the gate.
    package let settings: MotionSettings
    /// Statistics of all decisions.
    package private(set) var statistics = MotionStatistics()

    private var background = Background()
    private var illumination = Illumination()
    private var areas = ConnectedAreas()
    /// 1 for each cell that differs from the background.
    private var marks: [UInt8] = []
    private var layout: LumaGrid.Layout?
    /// Whether each cell is outside of all masks.
    private var visible: [Bool] = []
    /// Number of visible cells.
    private var visibleCount = 0

    /// Sum of the elapsed times, in seconds.
    private var clock = 0.0
    private var lastTime: Double?
    private var lastClassified = 0.0
    private var lastMotion: Double?
    /// Value of ``clock`` at which the light counts as settled; `nil` if it is not changing.
    private var settling: Double?

    /// Seconds without a change of the light after which it counts as settled: cameras take as long to adjust their
    /// exposure. While the light keeps changing, one frame per this time is classified, so that the camera is never
    /// blind for longer.
    static let settlingTime = 2.0
    /// Fraction of the visible cells from which a change may be one of the light. A smaller change always counts as
    /// content: it does not show enough structure to tell, and a few extra samples are cheap.
    private static let leastOfLight = 0.25
    /// Fraction of the visible cells from which new content counts as a new scene. Below it, the background is kept for
    /// when the object leaves.
    private static let mostOfTheFrame = 0.6
    /// Largest change of the light between two frames that counts as gradual, as by clouds or automatic exposure. It
    /// only scales the background.
    private static let gradualChange: Float = 0.1
    /// Tolerance for time stamps, which containers round to a millisecond or less.
    private static let slack = 0.001
    /// Fewest cells of motion, as single cells may change by chance.
    private static let fewestCells = 2

    /// - Parameter settings: valid settings, whose ``MotionSettings/problem`` is `nil`.
    package init(settings: MotionSettings = MotionSettings()) { self.settings = settings }

    /// Resets the background: the next frame counts as the first. Keeps the clock and the statistics.
    package mutating func reset() { layout = nil }

    /// Judges a frame and updates the background.
    ///
    /// - Parameters:
    ///   - grid: luma grid of the frame. A new layout resets the background.
    ///   - time: time of the frame, in seconds.
    package mutating func observe(_ grid: LumaGrid, at time: Double) -> MotionVerdict {
        let elapsed = advance(to: time)
        areas.clear()
        guard settings.enabled else { return conclude(.off) }
        guard grid.layout == layout else { return begin(grid) }
        let changed = Double(differing(grid)) / Double(max(1, visibleCount))
        if changed >= Self.leastOfLight, isLight(grid) { return relight(grid, changed: changed) }
        return judge(grid, changed: changed, elapsed: elapsed)
    }

    /// Advances the clock.
    ///
    /// - Returns: seconds since the last frame.
    private mutating func advance(to time: Double) -> Double {
        guard time.isFinite else { return 0 }
        let elapsed = max(0, time - (lastTime ?? time))
        lastTime = time
        clock += elapsed
        return elapsed
    }

    private mutating func begin(_ grid: LumaGrid) -> MotionVerdict {
        layout = grid.layout
        visible = grid.layout.visible(masks: settings.masks)
        visibleCount = visible.count { $0 }
        marks = [UInt8](repeating: 0, count: grid.layout.count)
        background.begin(grid.levels)
        settling = nil
        // With one frame, motion cannot be told from noise yet: hold.
        lastMotion = clock
        return conclude(.first)
    }

    // MARK: - Motion

    private mutating func judge(_ grid: LumaGrid, changed: Double, elapsed: Double) -> MotionVerdict {
        let area = areas.largest(in: &marks, columns: grid.layout.columns, rows: grid.layout.rows)
        let fraction = Double(area) / Double(grid.layout.count)
        let moves = area >= min(Self.fewestCells, grid.layout.count) && fraction >= settings.minimumArea
        if moves { lastMotion = clock }
        if moves, changed >= Self.mostOfTheFrame {
            background.begin(grid.levels)
            settling = nil
            return conclude(.scene, changed: changed, largestArea: fraction)
        }
        if settling != nil, !moves {
            background.follow(grid.levels, elapsed: elapsed)
        } else {
            background.learn(grid.levels, contrast: Float(settings.contrast), marks: marks, elapsed: elapsed)
        }
        return conclude(moves ? .motion : withoutMotion(), changed: changed, largestArea: fraction)
    }

    /// Returns the reason to classify or skip a frame without motion.
    private mutating func withoutMotion() -> MotionVerdict.Reason {
        if let end = settling, clock >= end - Self.slack {
            settling = nil
            return .settled
        }
        if let lastMotion, clock - lastMotion <= settings.hold + Self.slack { return .hold }
        if let heartbeat = settings.heartbeat, clock - lastClassified >= heartbeat - Self.slack { return .heartbeat }
        return settling == nil ? .still : .light
    }

    // MARK: - Light

    /// Marks the cells that differ from the background, after scaling the background for a gradual change of the light.
    ///
    /// - Returns: the number of cells that differ.
    private mutating func differing(_ grid: LumaGrid) -> Int {
        let gain = illumination.gain(
            grid.levels, background: background.mean, visible: visible, visibleCount: visibleCount)
        let isGradual = abs(gain - 1) <= Self.gradualChange
        if isGradual, gain != 1 { background.brighten(by: gain) }
        let count = compare(grid)
        // In the dark, a large factor may be few levels.
        guard !isGradual, Double(count) < Self.leastOfLight * Double(visibleCount) else { return count }
        background.brighten(by: gain)
        return compare(grid)
    }

    private mutating func compare(_ grid: LumaGrid) -> Int {
        background.compare(grid.levels, visible: visible, contrast: Float(settings.contrast), marks: &marks)
    }

    private func isLight(_ grid: LumaGrid) -> Bool {
        LightTest.isLight(
            grid.levels, background: background, visible: visible, marks: marks, layout: grid.layout)
    }

    /// Resets the background to the frame, after a sudden change of the light.
    private mutating func relight(_ grid: LumaGrid, changed: Double) -> MotionVerdict {
        let isFirst = settling == nil
        background.begin(grid.levels)
        settling = clock + Self.settlingTime
        if isFirst || clock - lastClassified >= Self.settlingTime - Self.slack {
            return conclude(.lightChange, changed: changed)
        }
        return conclude(withoutMotion(), changed: changed)
    }

    private mutating func conclude(
        _ reason: MotionVerdict.Reason, changed: Double = 0, largestArea: Double = 0
    ) -> MotionVerdict {
        statistics.count(reason)
        if reason.classifies { lastClassified = clock }
        let places = layout.map { MotionAreas.boxes(of: areas.areas, layout: $0) } ?? []
        return MotionVerdict(reason, changed: changed, largestArea: largestArea, areas: places)
    }
}
