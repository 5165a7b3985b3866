import CFFmpeg

/// An error of FFmpeg's libraries.
public struct AVFailure: Error, Equatable, CustomStringConvertible {
    /// FFmpeg's number for it, negative.
    public let code: Int32
    /// What was being done, as "open".
    public let operation: String
    /// What the library said about it, if it said anything.
    public let detail: String?

    init(code: Int32, operation: String, detail: String? = nil) {
        self.code = code
        self.operation = operation
        self.detail = detail
    }

    /// The library's words for the number.
    public var meaning: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let base = buffer.baseAddress, av_strerror(code, base, buffer.count) == 0 else {
                return "error \(code)"
            }
            return String(cString: base)
        }
    }

    public var description: String {
        detail.map { "\(meaning) (\($0))" } ?? meaning
    }

    static let endOfFile = cffmpeg_error_eof
    static let tryAgain = cffmpeg_error_again
    static let interrupted = cffmpeg_error_exit
    static let invalidData = cffmpeg_error_invalid_data
}

/// The one place where a result of FFmpeg's libraries becomes an error.
///
/// - Returns: the result, if it is none.
/// - Throws: ``AVFailure``.
@discardableResult
func checked(_ operation: String, _ result: Int32) throws(AVFailure) -> Int32 {
    guard result >= 0 else { throw AVFailure(code: result, operation: operation) }
    return result
}
