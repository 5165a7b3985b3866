/// Tells from the time stamps of packets which frames a ``Sampler`` will not select, so that they need not be decoded if no
/// other frame refers to them.
///
/// It errs on the side of decoding: a frame is skipped only if one before it, in the order of presentation, is known to be in
/// the same slot. Jumps of the time stamps end the forecast, because they move the slots.
struct SampleForecast: Equatable {
    private let rate: Double
    /// Time of the first frame, at which the first slot begins; `nil` before it is known.
    private var origin: Double?
    /// Time stamps of the last packets, in their order.
    private var recent: [Double] = []
    /// Seconds by which time stamps may differ from their order in the file.
    private let reach: Double
    private var hasJumped = false

    /// Most packets that are remembered: codecs reorder at most 16 frames.
    private static let mostRecent = 32
    /// Tolerance for time stamps: that of the sampler, and as much again for rounding.
    private static let slack = 0.002

    /// - Parameters:
    ///   - rate: samples per second.
    ///   - frameRate: frames per second.
    init(rate: Double, frameRate: Double) {
        self.rate = rate
        reach = max(1, 17 / frameRate)
    }

    /// Sets the time of the first frame, unless it is known.
    mutating func begin(at time: Double) { origin = origin ?? time }

    /// Forgets the packets before a seek.
    mutating func seek() { recent.removeAll() }

    /// Whether the frame of the next packet may be selected.
    ///
    /// - Parameter stamp: its time stamp in seconds; `nil` if it has none.
    mutating func mayBeSampled(_ stamp: Double?) -> Bool {
        guard let stamp else {
            hasJumped = true
            return true
        }
        if let last = recent.last, abs(stamp - last) > reach { hasJumped = true }
        let before = recent.filter { $0 < stamp }.max()
        recent.append(stamp)
        if recent.count > Self.mostRecent { recent.removeFirst() }
        guard !hasJumped, let origin, let before, before >= origin else { return true }
        return slot(stamp + Self.slack, origin) != slot(before - Self.slack, origin)
    }

    private func slot(_ time: Double, _ origin: Double) -> Double { ((time - origin + 0.001) * rate).rounded(.down) }
}
