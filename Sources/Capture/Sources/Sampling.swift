/// Which pictures of a source are looked at.
public enum Sampling: Equatable, Sendable {
    /// At most so many in a second of the recording, evenly.
    case rate(Double)
    /// Every one.
    case all
    /// Those that are decoded from themselves alone; the others are not decoded.
    case keyFrames

    /// Pictures in a second, if it is a fixed number.
    public var rate: Double? { if case .rate(let rate) = self { rate } else { nil } }

    /// What a camera's decoder may leave out. Pictures that no other is made from are hardly ever more than
    /// half of all: they can be left out when at most half of all pictures are looked at.
    func discard(at frameRate: Double) -> Decoder.Discard {
        switch self {
        case .all: .nothing
        case .keyFrames: .nonKey
        case .rate(let rate): rate <= frameRate / 2 ? .nonReference : .nothing
        }
    }
}

/// Picks pictures by their time stamps. The time between them may vary.
///
/// For a rate, the recording is divided into slots of equal length, and the first picture of each slot is
/// taken. So the average rate is kept, and pictures that come more slowly are all taken.
public struct Sampler {
    private let sampling: Sampling
    /// The time stamp from which the slots are counted.
    private var origin: Double?
    private var lastSlot = 0.0
    private var lastTime = 0.0

    /// Time stamps are rounded to the units of their container, the coarsest of which is a millisecond.
    private static let slack = 0.001

    public init(_ sampling: Sampling) { self.sampling = sampling }

    /// Whether to take the picture of that time.
    ///
    /// - Parameter time: seconds. If it runs backwards, the slots are counted from there anew.
    public mutating func takes(_ time: Double) -> Bool {
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
