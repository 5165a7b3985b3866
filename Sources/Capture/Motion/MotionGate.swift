/// Decides which frames of a camera are worth classifying: those in which something moves, and a few more (see
/// ``MotionVerdict/Reason``).
///
/// A frame is skipped only if it is known to show what was classified before: nothing differs from the background, or
/// the light alone does (see ``LightTest``). The more is new, the more a frame is worth.
///
/// A value that is told the time, in seconds, by whatever clock: it compares each frame with a
/// ``Background``. Time that runs backwards counts as no time, time that jumps ahead as time.
package struct MotionGate: Sendable {
    /// What counts as motion.
    package let settings: MotionSettings
    /// What it has decided so far.
    package private(set) var statistics = MotionStatistics()

    private var background = Background()
    private var illumination = Illumination()
    private var areas = ConnectedAreas()
    /// The cells that differ from the background.
    private var marks: [UInt8] = []
    private var layout: LumaGrid.Layout?
    /// The cells that are not masked, and how many they are.
    private var visible: [Bool] = []
    private var visibleCount = 0

    /// The sum of the steps ahead of the time that it was told, seconds.
    private var clock = 0.0
    private var lastTime: Double?
    private var lastClassified = 0.0
    private var lastMotion: Double?
    /// When the light is taken to have settled, by ``clock``; `nil` if it does not change.
    private var settling: Double?

    /// Seconds for which the light has to stay after a sudden change to have settled: cameras need so long to set
    /// their exposure. A light that goes on changing is sampled as often, however long that lasts: samples are cheap,
    /// and no camera is blind for longer.
    static let settlingTime = 2.0
    /// The part of what is visible from which a change may be one of the light. Less is always content: a few samples
    /// too many are cheap, and a small area does not show enough structure to tell.
    private static let leastOfLight = 0.25
    /// The part of what is visible from which new content is a new scene. Less is something that came into the old
    /// one, whose background is kept for when it leaves.
    private static let mostOfTheFrame = 0.6
    /// The part by which the light may change from one frame to the next and be a cloud, or a camera that
    /// corrects its exposure: the background is made brighter or darker, and nothing else happens.
    private static let gradualChange: Float = 0.1
    /// Time stamps are rounded to the units of their container, the coarsest of which is a millisecond.
    private static let slack = 0.001
    /// Cells that may change by chance, less than which is no motion.
    private static let fewestCells = 2

    /// - Parameter settings: whose ``MotionSettings/problem`` is `nil`.
    package init(settings: MotionSettings = MotionSettings()) { self.settings = settings }

    /// Forgets the scene: the next frame is the first. The clock and the statistics go on.
    package mutating func reset() { layout = nil }

    /// Judges a frame, and learns from it.
    ///
    /// - Parameters:
    ///   - grid: if its layout is not that of the last one, everything begins anew.
    ///   - time: seconds.
    package mutating func observe(_ grid: LumaGrid, at time: Double) -> MotionVerdict {
        let elapsed = advance(to: time)
        guard settings.enabled else { return conclude(.off) }
        guard grid.layout == layout else { return begin(grid) }
        let changed = Double(differing(grid)) / Double(max(1, visibleCount))
        if changed >= Self.leastOfLight, isLight(grid) { return relight(grid, changed: changed) }
        return judge(grid, changed: changed, elapsed: elapsed)
    }

    /// Moves the clock.
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
        // What moves in a scene of which one frame is known cannot be told from its noise.
        lastMotion = clock
        return conclude(.first)
    }

    // MARK: - Motion

    private mutating func judge(_ grid: LumaGrid, changed: Double, elapsed: Double) -> MotionVerdict {
        let area = areas.largest(in: &marks, columns: grid.layout.columns, rows: grid.layout.rows)
        let part = Double(area) / Double(grid.layout.count)
        let moves = area >= min(Self.fewestCells, grid.layout.count) && part >= settings.minimumArea
        if moves { lastMotion = clock }
        if moves, changed >= Self.mostOfTheFrame {
            background.begin(grid.levels)
            settling = nil
            return conclude(.scene, changed: changed, largestArea: part)
        }
        if settling != nil, !moves {
            background.follow(grid.levels, elapsed: elapsed)
        } else {
            background.learn(grid.levels, contrast: Float(settings.contrast), marks: marks, elapsed: elapsed)
        }
        return conclude(moves ? .motion : withoutMotion(), changed: changed, largestArea: part)
    }

    /// Why a frame is classified in which nothing moves, or why it is not.
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

    /// Marks the cells that differ from the background, in the light of the frame if it changed gradually.
    ///
    /// - Returns: how many differ.
    private mutating func differing(_ grid: LumaGrid) -> Int {
        let gain = illumination.gain(
            grid.levels, background: background.mean, visible: visible, visibleCount: visibleCount)
        let isGradual = abs(gain - 1) <= Self.gradualChange
        if isGradual, gain != 1 { background.brighten(by: gain) }
        let count = compare(grid)
        // In the dark, much of the light is few levels.
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

    /// Takes the frame for the scene in its new light.
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
        return MotionVerdict(reason, changed: changed, largestArea: largestArea)
    }
}
