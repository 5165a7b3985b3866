import Basics
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

/// What FFmpeg's libraries say while they work.
///
/// They write to standard error unless told otherwise. Nothing of that is for our users as it is; but
/// when something fails, the last complaint often says why ("moov atom not found").
enum AVLog {
    /// What an object of the libraries has complained of.
    struct Complaints: Sendable {
        var count = 0
        var last: String?
    }

    /// The objects that somebody attends to.
    private static let attended = Mutex<[UInt: Complaints]>([:])

    /// Keeps the libraries from writing to standard error.
    static func silence() { _ = installed }

    /// Begins to remember what an object complains of. Until ``forget(_:)``.
    ///
    /// - Parameter object: whose first member is an `AVClass`, as an `AVFormatContext`.
    static func attend(to object: UnsafeRawPointer) {
        _ = installed
        attended.withLock { $0[UInt(bitPattern: object)] = Complaints() }
    }

    static func forget(_ object: UnsafeRawPointer) {
        attended.withLock { _ = $0.removeValue(forKey: UInt(bitPattern: object)) }
    }

    static func complaints(of object: UnsafeRawPointer) -> Complaints {
        attended.withLock { $0[UInt(bitPattern: object)] ?? Complaints() }
    }

    /// Routes the libraries' messages here, once.
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

    /// The message, without the address that the libraries put in front of it.
    private static func text(
        _ object: UnsafeMutableRawPointer, _ level: Int32, _ format: UnsafePointer<CChar>, _ arguments: CVaListPointer
    ) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            var printsPrefix: Int32 = 0
            av_log_format_line2(nil, level, format, arguments, base, Int32(buffer.count), &printsPrefix)
            // Not only the first line: the second may be the rest of an address.
            return Redaction.clean(String(cString: base)).split(whereSeparator: \.isNewline).first.map(String.init)
                ?? ""
        }
    }
}
