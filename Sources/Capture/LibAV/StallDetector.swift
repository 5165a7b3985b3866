/// Whether frames still come of a live stream's packets.
///
/// A stream may become another one in the middle, as when a camera changes its codec. A demuxer does not always
/// notice, and a decoder that may skip frames does not complain: it takes packets, and gives nothing.
///
/// A value without a clock; times are in seconds, by the monotonic clock.
struct StallDetector {
    private var pictures = 0
    private var first = 0.0
    private var last = 0.0
    /// Packets that the decoder was given since the last frame.
    private var packets = 0

    /// Seconds without a frame, and packets without one, that cannot be an accident.
    private static let timeout = 2.5
    private static let fewPackets = 10
    /// After so few frames, nothing is usual yet.
    private static let fewFrames = 10
    /// A stream whose frames are further apart than this is slow by itself.
    private static let longestInterval = 0.5

    /// The decoder was given a packet.
    mutating func notePacket() { packets += 1 }

    /// The decoder gave a frame.
    mutating func noteFrame(at time: Double) {
        if pictures == 0 { first = time }
        pictures += 1
        last = time
        packets = 0
    }

    /// Whether no frame comes any more, where frames used to come steadily.
    ///
    /// - Parameter time: when the last packet came.
    func hasEnded(at time: Double) -> Bool {
        pictures >= Self.fewFrames && packets >= Self.fewPackets && time - last >= Self.timeout
            && (last - first) / Double(pictures) <= Self.longestInterval
    }
}
