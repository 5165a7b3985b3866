/// Error of a source. Its description is a sentence without the source's name.
package enum SourceError: Error, Equatable, CustomStringConvertible {
    /// The source does not exist, or access is denied; the reason.
    case unreadable(String)
    /// The contents are invalid; the reason.
    case malformed(String)
    /// The container has no video stream.
    case noVideo
    /// No decoder exists for the codec; its name.
    case noDecoder(String)
    /// The video is encrypted.
    case encrypted
    /// No frame of the video can be decoded; the decoder's message.
    case noFrames(String?)
    /// The connection failed; the reason.
    case unreachable(String)
    /// The server refused the login or session: the status (401, 403, 453 or 454), and a message.
    case refused(status: Int, String)
    /// The open source disappeared or changed its format; the reason.
    case lost(String)
    /// The call was cancelled.
    case interrupted
    /// No frame came before the timeout.
    case timedOut

    /// Whether the contents are invalid, as opposed to inaccessible.
    package var isMalformed: Bool {
        switch self {
        case .unreadable, .unreachable, .refused, .lost, .timedOut, .interrupted: false
        case .malformed, .noVideo, .noDecoder, .encrypted, .noFrames: true
        }
    }

    package var description: String {
        switch self {
        case .unreadable(let reason), .malformed(let reason), .unreachable(let reason), .lost(let reason): reason
        case .refused(_, let reason): reason
        case .noVideo: "it has no video stream"
        case .noDecoder(let codec): "no decoder for its video (\(codec))"
        case .encrypted: "its video is encrypted"
        case .noFrames(let reason):
            "no frame of its video can be decoded" + (reason.map { " (\($0))" } ?? "")
        case .interrupted: "interrupted"
        case .timedOut: "no frame came in time"
        }
    }
}

extension SourceError {
    /// Error of a server that closes the connection without an answer.
    static let closedSilently = SourceError.unreachable("it closed the connection without sending anything")

    /// Error of a pipe or device without data for this time.
    static func silent(seconds: Double) -> SourceError {
        .lost("no data for \(Int(seconds.rounded(.up))) s")
    }
}
