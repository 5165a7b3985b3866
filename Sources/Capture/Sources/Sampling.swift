/// Which frames of a source are looked at.
package enum Sampling: Equatable, Sendable {
    /// At most so many in a second of the recording, evenly.
    case rate(Double)
    /// Every one.
    case all
    /// Those that are decoded from themselves alone; the others are not decoded.
    case keyFrames

    /// Frames in a second, if it is a fixed number.
    package var rate: Double? { if case .rate(let rate) = self { rate } else { nil } }

    /// What a camera's decoder may leave out. Frames that no other is made from are hardly ever more than
    /// half of all: they can be left out when at most half of all frames are looked at.
    func discard(at frameRate: Double) -> Decoder.Discard {
        switch self {
        case .all: .nothing
        case .keyFrames: .nonKey
        case .rate(let rate): rate <= frameRate / 2 ? .nonReference : .nothing
        }
    }
}

/// Picks frames by their time stamps. The time between them may vary.
///
/// For a rate, the recording is divided into slots of equal length, and the first frame of each slot is
/// taken. So the average rate is kept, and frames that come more slowly are all taken.
package struct Sampler {
    private let sampling: Sampling
    /// The time stamp from which the slots are counted.
    private var origin: Double?
    private var lastSlot = 0.0
    private var lastTime = 0.0

    /// Time stamps are rounded to the units of their container, the coarsest of which is a millisecond.
    private static let slack = 0.001

    package init(_ sampling: Sampling) { self.sampling = sampling }

    /// Whether to take the frame of that time.
    ///
    /// - Parameter time: seconds. If it runs backwards, the slots are counted from there anew.
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
