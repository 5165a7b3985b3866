import CFFmpeg

/// FFmpeg's libraries, as they are on this machine.
package enum Libraries {
    /// As FFmpeg is called as a whole, as `5.1.6-0+deb12u1`.
    package static var version: String { String(cString: av_version_info()) }

    /// Whether there is a decoder of that name, as `h264`.
    package static func decodes(_ name: String) -> Bool { avcodec_find_decoder_by_name(name) != nil }

    /// What can be read from, as `rtsp` or `https`: demuxers that connect by themselves, and protocols.
    package static var protocols: [String] {
        var found = av_find_input_format("rtsp") != nil ? ["rtsp"] : []
        var state: UnsafeMutableRawPointer?
        while let name = avio_enum_protocols(&state, 0) { found.append(String(cString: name)) }
        return found
    }
}
