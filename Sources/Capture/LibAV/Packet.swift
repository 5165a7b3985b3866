import CFFmpeg

/// Packet of encoded video.
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

    /// Releases the data.
    func clear() { av_packet_unref(handle) }

    /// Copies bytes into the packet, with the padding that decoders need.
    ///
    /// - Parameter timestamp: presentation time stamp, which ``Frame/timestamp`` returns.
    /// - Throws: ``AVFailure`` without memory.
    func fill(_ bytes: UnsafeRawBufferPointer, timestamp: Int64) throws(AVFailure) {
        clear()
        try checked("copy a packet", av_new_packet(handle, Int32(bytes.count)))
        UnsafeMutableRawBufferPointer(start: handle.pointee.data, count: bytes.count).copyMemory(from: bytes)
        handle.pointee.pts = timestamp
    }

    var streamIndex: Int { Int(handle.pointee.stream_index) }
    var isKey: Bool { handle.pointee.flags & AV_PKT_FLAG_KEY != 0 }
    /// Whether the demuxer has found missing or wrong bytes.
    var isCorrupt: Bool { handle.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

    /// Presentation time stamp or, without one, decoding time stamp; in the stream's time base.
    var timestamp: Int64? {
        [handle.pointee.pts, handle.pointee.dts].first { $0 != cffmpeg_no_timestamp }
    }

    /// Duration in the stream's time base; 0 if it is unknown.
    var duration: Int64 { max(0, handle.pointee.duration) }

    /// Whether its data are encrypted. Decoders do not report that.
    var isEncrypted: Bool {
        av_packet_get_side_data(handle, AV_PKT_DATA_ENCRYPTION_INFO, nil) != nil
    }
}
