import ArgumentParser
import Basics
import Events
import Glibc
import Service

/// First record to show.
enum TailStart: Equatable {
    case last(Int)
    /// Records after a sequence number.
    case after(Int)
    case time(Timestamp)

    /// - Throws: `ValidationError`, or an error about the time.
    init(text: String) throws {
        if let number = Int(text), number >= 0 {
            self = .after(number)
        } else if let seconds = Self.seconds(text) {
            self = .time(EventClock.system.wallClock().advanced(by: -seconds))
        } else if text.contains("T") {
            self = .time(try Timestamp(text: text))
        } else {
            throw ValidationError(
                "it is a sequence number, a time as 2026-11-22T21:17:03Z, or a duration as 30s, 10m, 2h or 7d")
        }
    }

    /// Parses a duration, as `10m`.
    private static func seconds(_ text: String) -> Double? {
        // A bare 0 is a sequence number.
        text == "0" ? nil : Units.seconds(text)
    }
}

/// Input of event records: a log or a socket.
protocol TailInput {
    /// Reads the next line, with its line feed; `nil` at the end. Blocks while it follows new records.
    mutating func next() throws -> [UInt8]?
}

/// Default paths of the socket and the log, and the choice between them.
enum TailPlace {
    static let socket = "/run/lookout/events.sock"
    static let log = "/var/log/lookout/events.jsonl"

    /// Opens a socket or a log.
    ///
    /// - Throws: ``Failure`` if it cannot be read.
    static func open(_ path: String?, from start: TailStart, filter: EventFilter, follows: Bool) throws -> any TailInput
    {
        let place = path ?? (kind(socket) == S_IFSOCK ? socket : log)
        switch kind(place) {
        case S_IFSOCK:
            do {
                return try TailSocket(place, from: start, filter: filter, follows: follows)
            } catch  where path == nil && access(log, R_OK) == 0 {
                // The socket was left by a service that was killed, or access is denied.
                return TailLog(log, from: start, filter: filter, follows: follows)
            }
        case S_IFREG where access(place, R_OK) == 0:
            return TailLog(place, from: start, filter: filter, follows: follows)
        case nil, S_IFREG:
            let absent = path == nil && errno == ENOENT ? " (and there is no \(socket))" : ""
            throw Failure(status: EX_NOINPUT, "\(place): \(systemPhrase(errno))\(absent)")
        default:
            throw Failure(status: EX_NOINPUT, "\(place): is neither a socket nor a regular file")
        }
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
