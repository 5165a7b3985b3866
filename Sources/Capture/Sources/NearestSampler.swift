/// Selects the frame that is nearest to each of evenly spaced instants: for recordings of which only some frames are decoded.
///
/// To be used by one thread at a time.
package struct NearestSampler {
    private let interval: Double
    /// Next instant, by the time stamps of the frames; `nil` before the first frame.
    private var instant: Double?
    /// Copy of the last frame, which may be the nearest to the next instant.
    private var candidate: FrameCopy?

    /// Tolerance for time stamps, which containers round to a millisecond or less.
    private static let slack = 0.001

    /// - Parameter rate: instants per second. The first one is that of the first frame.
    package init(rate: Double) { interval = 1 / rate }

    /// Returns a frame that was offered before and is a sample now. To be called before the next frame is read.
    package mutating func waiting() -> Frame? {
        guard let candidate, let instant, candidate.frame.time + Self.slack >= instant else { return nil }
        self.candidate = nil
        advance(beyond: candidate.frame.time)
        return candidate.frame
    }

    /// Offers the next frame.
    ///
    /// - Returns: the frame to sample: this one, or the one before; `nil` for none yet.
    /// - Throws: ``AVFailure`` if a frame cannot be copied.
    package mutating func offer(_ frame: Frame) throws(AVFailure) -> Frame? {
        guard let instant else {
            self.instant = frame.time + interval
            return frame
        }
        guard frame.time + Self.slack >= instant else {
            candidate = try FrameCopy(frame)
            return nil
        }
        // Of two that are equally near, the first.
        guard let before = candidate?.frame, instant - before.time <= frame.time - instant + Self.slack else {
            candidate = nil
            advance(beyond: frame.time)
            return frame
        }
        candidate = try FrameCopy(frame)
        advance(beyond: before.time)
        return before
    }

    /// Skips instants that have passed.
    private mutating func advance(beyond time: Double) {
        guard let instant else { return }
        let passed = max(0, ((time - instant + Self.slack) / interval).rounded(.down))
        self.instant = instant + (passed + 1) * interval
    }
}
