import CFFmpeg

/// Pictures that are decoded.
final class EncodedPictures: V4L2Pictures {
    let liesInBuffer = false
    private let decoder: Decoder
    private let packet = Packet()
    private var trust = PictureTrust()
    /// Whether every picture is decoded from itself alone.
    private let standsAlone: Bool
    private var damagedInARow = 0

    /// After so many damaged pictures and no sound one, the camera is taken to be a careless writer of JPEGs.
    /// Some leave out the last bits of every picture, which nobody would see.
    private static let mostDamaged = 10

    /// - Throws: ``SourceError`` if there is no decoder, ``AVFailure``.
    init(_ codec: AVCodecID, size: PixelSize, smallest: PixelSize) throws {
        decoder = try Decoder(codec: codec, size: size, smallest: smallest)
        standsAlone = codec == AV_CODEC_ID_MJPEG
    }

    func noteLoss() { if !standsAlone { trust.noteLoss() } }

    func read(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2Reading {
        let reading = decode(buffer, into: frame)
        damagedInARow = reading == .damaged ? damagedInARow + 1 : 0
        if damagedInARow == Self.mostDamaged { decoder.tolerateFlaws() }
        return reading
    }

    private func decode(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2Reading {
        guard !buffer.bytes.isEmpty, isBegun(buffer.bytes) else { return .damaged }
        do {
            try packet.fill(buffer.bytes, timestamp: Int64(buffer.time * 1e6))
            if try !decoder.send(packet) {
                // It holds more pictures than it should: what counts is the newest.
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
        let isSound = standsAlone ? !frame.isDamaged : trust.accepts(frame)
        return isSound ? .picture : .damaged
    }

    /// Whether its first bytes are there. The decoder would do without those of a JPEG, with the tables of
    /// the picture before.
    private func isBegun(_ bytes: UnsafeRawBufferPointer) -> Bool { !standsAlone || bytes.starts(with: [0xFF, 0xD8]) }
}

/// Tells sound pictures of a live stream from those that were made from what is not there: after a loss they
/// are sound again from the next one that is decoded from itself alone or, with a camera that renews its
/// pictures bit by bit instead, after a while.
struct PictureTrust {
    /// When trust comes back by itself, in seconds; `nil` if nothing is lost.
    private var returnTime: Double?
    private var lastTime = 0.0

    private static let patience = 5.0

    mutating func noteLoss() { returnTime = lastTime + Self.patience }

    mutating func accepts(_ frame: Frame) -> Bool {
        accepts(time: frame.time, isKey: frame.isKey, isDamaged: frame.isDamaged)
    }

    mutating func accepts(time: Double, isKey: Bool, isDamaged: Bool) -> Bool {
        lastTime = time
        if isDamaged { noteLoss() }
        if let returnTime, !isDamaged, isKey || time > returnTime { self.returnTime = nil }
        return returnTime == nil
    }
}
