/// Detects a live stream whose packets no longer decode to frames.
///
/// A stream may change in the middle, as when a camera switches its codec. Demuxers do not always notice, and a decoder
/// that may skip frames reports no error: it accepts packets and returns nothing.
///
/// A value without a clock; times are monotonic, in seconds.
struct StallDetector {
    private var frames = 0
    private var first = 0.0
    private var last = 0.0
    /// Packets sent to the decoder since the last frame.
    private var packets = 0

    /// Seconds without a frame after which the stream has stalled.
    private static let timeout = 2.5
    /// Packets without a frame after which the stream has stalled.
    private static let fewPackets = 10
    /// Frames needed to know the usual interval.
    private static let fewFrames = 10
    /// Streams with a longer mean interval between frames are never taken for stalled; seconds.
    private static let longestInterval = 0.5

    /// Records a packet sent to the decoder.
    mutating func notePacket() { packets += 1 }

    /// Records a decoded frame.
    mutating func noteFrame(at time: Double) {
        if frames == 0 { first = time }
        frames += 1
        last = time
        packets = 0
    }

    /// Whether frames have stopped.
    ///
    /// - Parameter time: time of the last packet.
    func hasEnded(at time: Double) -> Bool {
        frames >= Self.fewFrames && packets >= Self.fewPackets && time - last >= Self.timeout
            && (last - first) / Double(frames) <= Self.longestInterval
    }
}
