import CFFmpeg

/// A piece of encoded video, as the demuxer gives it.
final class Packet {
    let handle: UnsafeMutablePointer<AVPacket>

    init() {
        guard let handle = av_packet_alloc() else { preconditionFailure("out of memory") }
        self.handle = handle
    }

    deinit {
        var handle: UnsafeMutablePointer<AVPacket>? = handle
        av_packet_free(&handle)
    }

    /// Lets go of the bytes.
    func clear() { av_packet_unref(handle) }

    /// Makes it a copy of bytes, with the space behind them that decoders want.
    ///
    /// - Parameter timestamp: in the time base that the reader of ``Frame/timestamp`` expects.
    func fill(_ bytes: UnsafeRawBufferPointer, timestamp: Int64) throws(AVFailure) {
        clear()
        try checked("copy a packet", av_new_packet(handle, Int32(bytes.count)))
        UnsafeMutableRawBufferPointer(start: handle.pointee.data, count: bytes.count).copyMemory(from: bytes)
        handle.pointee.pts = timestamp
    }

    var streamIndex: Int { Int(handle.pointee.stream_index) }
    var isKey: Bool { handle.pointee.flags & AV_PKT_FLAG_KEY != 0 }
    /// Whether the demuxer knows that bytes are missing or wrong.
    var isCorrupt: Bool { handle.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

    /// When it is to be shown, or else decoded; in the stream's time base.
    var timestamp: Int64? {
        [handle.pointee.pts, handle.pointee.dts].first { $0 != cffmpeg_no_timestamp }
    }

    /// How long it is to be shown, in the stream's time base; 0 if that is not known.
    var duration: Int64 { max(0, handle.pointee.duration) }

    /// Whether its bytes are encrypted, which no decoder says in so many words.
    var isEncrypted: Bool {
        av_packet_get_side_data(handle, AV_PKT_DATA_ENCRYPTION_INFO, nil) != nil
    }
}
