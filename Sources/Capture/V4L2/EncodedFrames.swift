import CFFmpeg

/// Decodes the buffers of a camera that encodes its frames (Motion JPEG, H.264, H.265).
final class EncodedFrames: V4L2Frames {
    let refersToBuffer = false
    private let decoder: Decoder
    private let packet = Packet()
    private var gate = KeyframeGate()
    /// Whether every frame is a key frame.
    private let isIntra: Bool
    private var corruptInARow = 0

    /// Corrupt frames in a row after which error detection is disabled: some cameras omit the last bits of every JPEG,
    /// which is invisible.
    private static let mostCorrupt = 10

    /// - Parameters:
    ///   - codec: codec of the camera's format.
    ///   - size: size of the frames.
    ///   - smallest: the decoder may halve frames as long as they cover this size.
    /// - Throws: ``SourceError`` if no decoder exists, ``AVFailure``.
    init(_ codec: AVCodecID, size: PixelSize, smallest: PixelSize) throws {
        decoder = try Decoder(codec: codec, size: size, smallest: smallest)
        isIntra = codec == AV_CODEC_ID_MJPEG
    }

    func noteLoss() { if !isIntra { gate.noteLoss() } }

    func read(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2ReadResult {
        let result = decode(buffer, into: frame)
        corruptInARow = result == .corrupt ? corruptInARow + 1 : 0
        if corruptInARow == Self.mostCorrupt { decoder.disableErrorDetection() }
        return result
    }

    private func decode(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2ReadResult {
        guard !buffer.bytes.isEmpty, hasStart(buffer.bytes) else { return .corrupt }
        do {
            try packet.fill(buffer.bytes, timestamp: Int64(buffer.time * 1e6))
            if try !decoder.send(packet) {
                // The decoder is full: keep the newest frame only.
                while try decoder.receive(into: frame) == .frame {}
                _ = try decoder.send(packet)
            }
            guard try decoder.receive(into: frame) == .frame else { return .wantsMore }
        } catch {
            noteLoss()
            return .corrupt
        }
        frame.time = frame.timestamp.map { Double($0) / 1e6 } ?? buffer.time
        frame.pixelAspect = frame.ownPixelAspect ?? 1
        let isIntact = isIntra ? !frame.isCorrupt : gate.accepts(frame)
        return isIntact ? .frame : .corrupt
    }

    /// Whether a JPEG begins with its marker. Without it, the decoder would use the tables of the frame before.
    private func hasStart(_ bytes: UnsafeRawBufferPointer) -> Bool { !isIntra || bytes.starts(with: [0xFF, 0xD8]) }
}

/// Rejects frames of a live stream after a loss until the next key frame or, for cameras that use intra refresh
/// instead, until a timeout.
struct KeyframeGate {
    /// Media time at which frames are accepted without a key frame, in seconds; `nil` if nothing was lost.
    private var returnTime: Double?
    private var lastTime = 0.0

    /// Seconds after a loss until frames are accepted without a key frame.
    private static let timeout = 5.0

    /// Records a lost or corrupt frame.
    mutating func noteLoss() { returnTime = lastTime + Self.timeout }

    /// Whether the frame is intact.

    mutating func accepts(_ frame: Frame) -> Bool {
        accepts(time: frame.time, isKey: frame.isKey, isCorrupt: frame.isCorrupt)
    }

    mutating func accepts(time: Double, isKey: Bool, isCorrupt: Bool) -> Bool {
        lastTime = time
        if isCorrupt { noteLoss() }
        if let returnTime, !isCorrupt, isKey || time > returnTime { self.returnTime = nil }
        return returnTime == nil
    }
}
