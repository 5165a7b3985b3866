import Capture

/// The motion gate of a source, and what it keeps between frames.
struct MotionDetector {
    private var gate: MotionGate
    private var grid = LumaGrid()
    private let reducer = LumaReducer()

    init(_ settings: MotionSettings) { gate = MotionGate(settings: settings) }

    /// Forgets the scene: the next frame is the first.
    mutating func reset() { gate.reset() }

    /// Whether a frame has to be looked at.
    ///
    /// - Parameter time: seconds, by the monotonic clock.
    mutating func shouldSample(_ frame: Frame, at time: Double) -> Bool {
        guard gate.settings.enabled else { return true }
        do {
            try reducer.reduce(frame, into: &grid)
        } catch {
            return true  // what cannot be judged is looked at
        }
        return gate.observe(grid, at: time).classifies
    }
}
