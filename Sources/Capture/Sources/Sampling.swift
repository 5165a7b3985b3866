/// Frames of a source to be sampled.
package enum Sampling: Equatable, Sendable {
    /// At most this many frames per second of media time, evenly spaced.
    case rate(Double)
    /// Every frame.
    case all
    /// Key frames. No others are decoded.
    case keyFrames

    /// Samples per second, if the rate is fixed.
    package var rate: Double? { if case .rate(let rate) = self { rate } else { nil } }

    /// Returns the frames that a camera's decoder may skip. Non-reference frames are hardly ever more than half of all
    /// frames, so they can be skipped if at most half of all frames are sampled.
    ///
    /// - Parameter frameRate: frames per second of the source.
    func discard(at frameRate: Double) -> Decoder.Discard {
        switch self {
        case .all: .nothing
        case .keyFrames: .nonKey
        case .rate(let rate): rate <= frameRate / 2 ? .nonReference : .nothing
        }
    }
}

/// Selects frames by their time stamps, at a constant or variable frame rate.
///
/// For a fixed rate, it divides time into slots of equal length and selects the first frame of each slot. This keeps
/// the average rate, and selects all frames of a slower source.
package struct Sampler {
    private let sampling: Sampling
    /// Time stamp at which the first slot begins.
    private var origin: Double?
    private var lastSlot = 0.0
    private var lastTime = 0.0

    /// Tolerance for time stamps, which containers round to a millisecond or less.
    private static let slack = 0.001

    package init(_ sampling: Sampling) { self.sampling = sampling }

    /// Time from which on the next frame is sampled, if time stamps do not go back; `nil` before the first frame, and if every
    /// frame is sampled.
    package var nextInstant: Double? {
        guard case .rate(let rate) = sampling, let origin else { return nil }
        return origin + (lastSlot + 1) / rate
    }

    /// Whether to sample the frame with this time stamp.
    ///
    /// - Parameter time: seconds. If it goes back, slots are counted from there.
    package mutating func takes(_ time: Double) -> Bool {
        guard case .rate(let rate) = sampling else { return true }
        defer { lastTime = time }
        guard let origin, time > lastTime - Self.slack else {
            self.origin = time
            lastSlot = 0
            return true
        }
        let slot = ((time - origin + Self.slack) * rate).rounded(.down)
        guard slot > lastSlot else { return false }
        lastSlot = slot
        return true
    }
}
