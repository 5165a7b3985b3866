/// Why a source gives no frames. Its description is a sentence without the source's name.
package enum SourceError: Error, Equatable, CustomStringConvertible {
    /// It cannot be opened: it is not there, or access is denied.
    case unreadable(String)
    /// Its contents are not what they should be.
    case malformed(String)
    /// There is no video in it.
    case noVideo
    /// The video is encoded in a way for which there is no decoder.
    case noDecoder(String)
    /// The video is encrypted.
    case encrypted
    /// There is video, but not one frame of it can be decoded.
    case noFrames(String?)
    /// There is no connection to it; why.
    case unreachable(String)
    /// It answers, and does not let the login in: the status (401, 403, 453 or 454), and what was said.
    case refused(status: Int, String)
    /// It was there, and is not any more, or not as it was; why.
    case lost(String)
    /// It was told to stop.
    case interrupted
    /// It is there, but no frame came in the time that was given to it.
    case timedOut

    /// Whether the contents are at fault, and not the access to them.
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
        case .noVideo: "there is no video in it"
        case .noDecoder(let codec): "no decoder for its video (\(codec))"
        case .encrypted: "its video is encrypted"
        case .noFrames(let reason):
            "not one frame of its video can be decoded" + (reason.map { " (\($0))" } ?? "")
        case .interrupted: "interrupted"
        case .timedOut: "no frame came in time"
        }
    }
}

extension SourceError {
    /// The server took the connection and hung up.
    static let closedSilently = SourceError.unreachable("it closed the connection without sending anything")

    /// Nothing has come of a pipe or a device for so many seconds.
    static func silent(seconds: Double) -> SourceError {
        .lost("nothing has come out of it for \(Int(seconds.rounded(.up))) s")
    }
}
