import Basics
import CFFmpeg

/// FFmpeg's libraries on this machine.
package enum Libraries {
    /// Version of FFmpeg, as `5.1.6-0+deb12u1`.
    package static var version: String { String(cString: av_version_info()) }

    /// Whether a decoder with this name exists, as `h264`.
    package static func decodes(_ name: String) -> Bool { avcodec_find_decoder_by_name(name) != nil }

    /// Protocols that can be read, as `rtsp` and `https`: those of libavformat, and demuxers that connect by themselves.
    package static var protocols: [String] {
        var found = av_find_input_format("rtsp") != nil ? ["rtsp"] : []
        var state: UnsafeMutableRawPointer?
        while let name = avio_enum_protocols(&state, 0) { found.append(String(cString: name)) }
        return found
    }
}

/// Error messages that FFmpeg's libraries log.
///
/// By default they go to standard error, where they do not help users. But the last message of an object often tells
/// why an operation failed ("moov atom not found").
enum AVLog {
    /// Error messages of one object.
    struct Complaints: Sendable {
        var count = 0
        var last: String?
    }

    /// Error messages by the addresses of the objects whose messages are kept.
    private static let attended = Mutex<[UInt: Complaints]>([:])

    /// Stops the libraries from writing to standard error.
    static func silence() { _ = installed }

    /// Starts to keep the error messages of an object, until ``forget(_:)``.
    ///
    /// - Parameter object: object whose first member is an `AVClass`, as an `AVFormatContext`.
    static func attend(to object: UnsafeRawPointer) {
        _ = installed
        attended.withLock { $0[UInt(bitPattern: object)] = Complaints() }
    }

    /// Discards the messages of an object.
    static func forget(_ object: UnsafeRawPointer) {
        attended.withLock { _ = $0.removeValue(forKey: UInt(bitPattern: object)) }
    }

    /// Returns the error messages of an object.
    static func complaints(of object: UnsafeRawPointer) -> Complaints {
        attended.withLock { $0[UInt(bitPattern: object)] ?? Complaints() }
    }

    /// Installs the callback, once per process.
    private static let installed: Void = av_log_set_callback { object, level, format, arguments in
        guard level <= AV_LOG_ERROR, let object, let format, let arguments else { return }
        let key = UInt(bitPattern: object)
        guard AVLog.attended.withLock({ $0[key] != nil }) else { return }
        let text = AVLog.text(object, level, format, arguments)
        AVLog.attended.withLock { attended in
            attended[key]?.count += 1
            attended[key]?.last = text
        }
    }

    /// Formats a message, without the object's address that the libraries put in front of it.
    private static func text(
        _ object: UnsafeMutableRawPointer, _ level: Int32, _ format: UnsafePointer<CChar>, _ arguments: CVaListPointer
    ) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            var printsPrefix: Int32 = 0
            av_log_format_line2(nil, level, format, arguments, base, Int32(buffer.count), &printsPrefix)
            // Clean all lines before the first is taken: the second may be the rest of a URL.
            return Redaction.clean(String(cString: base)).split(whereSeparator: \.isNewline).first.map(String.init)
                ?? ""
        }
    }
}
