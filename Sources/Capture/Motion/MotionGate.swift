/// Decides which pictures of a camera are worth classifying: those in which something moves, and a few more
/// (see ``MotionVerdict/Reason``).
///
/// A value that is told the time, in seconds, by whatever clock: it compares each picture with a
/// ``Background``. Time that runs backwards counts as no time, time that jumps ahead as time.
public struct MotionGate: Sendable {
    /// What counts as motion.
    public let settings: MotionSettings
    /// What it has decided so far.
    public private(set) var statistics = MotionStatistics()

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
    private var relearning: Relearning?

    /// The light is changing, by ``clock``.
    private struct Relearning {
        var start: Double
        /// When it is over, unless it changes again.
        var end: Double
    }

    /// Seconds after a sudden change of the light during which there is no motion: cameras need so long to
    /// set their exposure.
    static let relearningTime = 2.0
    /// Seconds after which what changes nearly everything again and again is not the light, but a camera
    /// that moves, or something that fills the picture: that is motion.
    static let longestChange = 4.0
    /// The part by which the light may change from one picture to the next and be a cloud, or a camera that
    /// corrects its exposure: the background is made brighter or darker, and nothing else happens.
    private static let gradualChange: Float = 0.1
    /// Time stamps are rounded to the units of their container, the coarsest of which is a millisecond.
    private static let slack = 0.001
    /// Cells that may change by chance, less than which is no motion.
    private static let fewestCells = 2

    /// - Parameter settings: whose ``MotionSettings/problem`` is `nil`.
    public init(settings: MotionSettings = MotionSettings()) { self.settings = settings }

    /// Judges a picture, and learns from it.
    ///
    /// - Parameters:
    ///   - grid: if its layout is not that of the last one, everything begins anew.
    ///   - time: seconds.
    public mutating func observe(_ grid: LumaGrid, at time: Double) -> MotionVerdict {
        let elapsed = advance(to: time)
        guard settings.enabled else { return conclude(.off) }
        guard grid.layout == layout else { return begin(grid) }
        let isBrighter = followLight(grid)
        let difference = background.compare(
            grid.levels, visible: visible, contrast: Float(settings.contrast), marks: &marks)
        let changed = Double(difference.count) / Double(max(1, visibleCount))
        let isSudden = isBrighter || difference.isOfLight(visible: visibleCount)
        if isSudden || relearning != nil {
            return relearn(grid, isSudden: isSudden, changed: changed, elapsed: elapsed)
        }
        return judge(grid, changed: changed, elapsed: elapsed)
    }

    /// Moves the clock.
    ///
    /// - Returns: seconds since the last picture.
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
        relearning = nil
        lastMotion = nil
        return conclude(.first)
    }

    // MARK: - Motion

    private mutating func judge(_ grid: LumaGrid, changed: Double, elapsed: Double) -> MotionVerdict {
        let area = areas.largest(in: &marks, columns: grid.layout.columns, rows: grid.layout.rows)
        background.learn(grid.levels, contrast: Float(settings.contrast), marks: marks, elapsed: elapsed)
        let part = Double(area) / Double(grid.layout.count)
        let moves = area >= min(Self.fewestCells, grid.layout.count) && part >= settings.minimumArea
        if moves { lastMotion = clock }
        return conclude(moves ? .motion : withoutMotion(otherwise: .still), changed: changed, largestArea: part)
    }

    /// Why a picture is classified in which nothing moves, if it is.
    private func withoutMotion(otherwise reason: MotionVerdict.Reason) -> MotionVerdict.Reason {
        if let lastMotion, clock - lastMotion <= settings.hold + Self.slack { return .hold }
        if let heartbeat = settings.heartbeat, clock - lastClassified >= heartbeat - Self.slack { return .heartbeat }
        return reason
    }

    // MARK: - Light

    /// Makes the background as bright as the picture, if it is about as bright anyway.
    ///
    /// - Returns: whether it is not.
    private mutating func followLight(_ grid: LumaGrid) -> Bool {
        let gain = illumination.gain(
            grid.levels, background: background.mean, visible: visible, visibleCount: visibleCount)
        if abs(gain - 1) > Self.gradualChange { return true }
        if gain != 1 { background.brighten(by: gain) }
        return false
    }

    /// The light has just changed, or did so a short while ago: what the scene looks like is learned anew.
    private mutating func relearn(
        _ grid: LumaGrid, isSudden: Bool, changed: Double, elapsed: Double
    ) -> MotionVerdict {
        let isOver = relearning.map { clock >= $0.end - Self.slack } ?? false
        if isOver { relearning = nil }
        if isSudden {
            relearning = Relearning(start: relearning?.start ?? clock, end: clock + Self.relearningTime)
            background.begin(grid.levels)
        } else {
            background.follow(grid.levels, elapsed: elapsed)
        }
        if isOver { return conclude(.settled, changed: changed) }
        if isSudden, let start = relearning?.start, clock - start > Self.longestChange {
            lastMotion = clock
            return conclude(.motion, changed: changed)
        }
        return conclude(withoutMotion(otherwise: .light), changed: changed)
    }

    private mutating func conclude(
        _ reason: MotionVerdict.Reason, changed: Double = 0, largestArea: Double = 0
    ) -> MotionVerdict {
        statistics.count(reason)
        if reason.classifies { lastClassified = clock }
        return MotionVerdict(reason, changed: changed, largestArea: largestArea)
    }
}
