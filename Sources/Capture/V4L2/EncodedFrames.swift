import CFFmpeg

/// Frames that are decoded.
final class EncodedFrames: V4L2Frames {
    let liesInBuffer = false
    private let decoder: Decoder
    private let packet = Packet()
    private var trust = KeyframeGate()
    /// Whether every frame is decoded from itself alone.
    private let standsAlone: Bool
    private var corruptInARow = 0

    /// After so many damaged frames and no sound one, the camera is taken to be a careless writer of JPEGs.
    /// Some leave out the last bits of every frame, which nobody would see.
    private static let mostCorrupt = 10

    /// - Throws: ``SourceError`` if there is no decoder, ``AVFailure``.
    init(_ codec: AVCodecID, size: PixelSize, smallest: PixelSize) throws {
        decoder = try Decoder(codec: codec, size: size, smallest: smallest)
        standsAlone = codec == AV_CODEC_ID_MJPEG
    }

    func noteLoss() { if !standsAlone { trust.noteLoss() } }

    func read(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2Reading {
        let reading = decode(buffer, into: frame)
        corruptInARow = reading == .damaged ? corruptInARow + 1 : 0
        if corruptInARow == Self.mostCorrupt { decoder.disableErrorDetection() }
        return reading
    }

    private func decode(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2Reading {
        guard !buffer.bytes.isEmpty, isBegun(buffer.bytes) else { return .damaged }
        do {
            try packet.fill(buffer.bytes, timestamp: Int64(buffer.time * 1e6))
            if try !decoder.send(packet) {
                // It holds more frames than it should: what counts is the newest.
                while try decoder.receive(into: frame) == .frame {}
                _ = try decoder.send(packet)
            }
            guard try decoder.receive(into: frame) == .frame else { return .nothing }
        } catch {
            noteLoss()
            return .damaged
        }
        frame.time = frame.timestamp.map { Double($0) / 1e6 } ?? buffer.time
        frame.pixelAspect = frame.ownPixelAspect ?? 1
        let isSound = standsAlone ? !frame.isCorrupt : trust.accepts(frame)
        return isSound ? .picture : .damaged
    }

    /// Whether its first bytes are there. The decoder would do without those of a JPEG, with the tables of
    /// the frame before.
    private func isBegun(_ bytes: UnsafeRawBufferPointer) -> Bool { !standsAlone || bytes.starts(with: [0xFF, 0xD8]) }
}

/// Tells sound frames of a live stream from those that were made from what is not there: after a loss they
/// are sound again from the next one that is decoded from itself alone or, with a camera that renews its
/// frames bit by bit instead, after a while.
struct KeyframeGate {
    /// When trust comes back by itself, in seconds; `nil` if nothing is lost.
    private var returnTime: Double?
    private var lastTime = 0.0

    private static let timeout = 5.0

    mutating func noteLoss() { returnTime = lastTime + Self.timeout }

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
