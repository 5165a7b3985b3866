import CFFmpeg
import Glibc

/// Error of FFmpeg's libraries.
package struct AVFailure: Error, Equatable, CustomStringConvertible {
    /// Error code of FFmpeg; negative.
    package let code: Int32
    /// Operation that failed, as "open".
    package let operation: String
    /// Message that the library logged, if any.
    package let detail: String?

    init(code: Int32, operation: String, detail: String? = nil) {
        self.code = code
        self.operation = operation
        self.detail = detail
    }

    /// The library's message for the code.
    package var meaning: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let base = buffer.baseAddress, av_strerror(code, base, buffer.count) == 0 else {
                return "error \(code)"
            }
            return String(cString: base)
        }
    }

    /// Status with which a server refused the login or the session: 401, 403, 453 or 454; `nil` for other errors.
    ///
    /// The library has codes for the first two only. For the others, the status is in its message, in front of the
    /// server's reason phrase: "method SETUP failed: 453 Not Enough Bandwidth".
    var refusal: Int? {
        switch code {
        case cffmpeg_error_http_unauthorized: return 401
        case cffmpeg_error_http_forbidden: return 403
        case cffmpeg_error_http_other_4xx:
            guard let parts = detail?.components(after: "method ", " failed: "), let status = Int(parts.prefix(3))
            else { return nil }
            return [453, 454].contains(status) ? status : nil
        default: return nil
        }
    }

    package var description: String {
        detail.map { "\(meaning) (\($0))" } ?? meaning
    }

    /// Whether it is what the libraries make of a connection that ends before its first byte: of some protocols it is
    /// the end of a file, of others data that no demuxer knows, or what the system says.
    var isEnd: Bool {
        [Self.endOfFile, Self.invalidData].contains(code) || [ECONNRESET, EPIPE].contains(cffmpeg_errno(code))
    }

    static let endOfFile = cffmpeg_error_eof
    static let tryAgain = cffmpeg_error_again
    static let interrupted = cffmpeg_error_exit
    static let invalidData = cffmpeg_error_invalid_data
}

extension String {
    /// Returns the text after `separator`, if the string begins with `start`.
    fileprivate func components(after start: String, _ separator: String) -> Substring? {
        guard hasPrefix(start), let place = firstRange(of: separator) else { return nil }
        return self[place.upperBound...]
    }
}

/// Converts a result of FFmpeg's libraries to an error. All calls go through it.
///
/// - Returns: the result, if it is not negative.
/// - Throws: ``AVFailure``.
@discardableResult
func checked(_ operation: String, _ result: Int32) throws(AVFailure) -> Int32 {
    guard result >= 0 else { throw AVFailure(code: result, operation: operation) }
    return result
}
