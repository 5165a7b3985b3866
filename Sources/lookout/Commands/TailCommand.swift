import ArgumentParser
import Basics
import Events
import Glibc
import Service

/// `lookout tail`: what the service sees, for people and for programs.
struct TailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the last events, and those that come.",
        discussion: """
            PATH is the service's socket, or a log. Without it, it is \(TailPlace.socket) if that is there, and \
            \(TailPlace.log) otherwise. What has been rotated away is read, too, unless it is compressed.
            """)

    @Option(name: .customShort("n"), parsing: .unconditional, help: "How many of the last lines to show (default: 10).")
    var count: Int?

    @Flag(
        name: .customShort("f"), help: "Go on with what comes, also when the log is rotated or the service restarted.")
    var follow = false

    @Option(help: "Only lines about this source; may be given again.", completion: Completion.sources)
    var source: [String] = []

    @Option(help: "Only lines about this label or group; may be given again.", completion: Completion.loggedLabels)
    var label: [String] = []

    @Option(
        help: "Only lines of this type, as start or source_lost; may be given again.",
        completion: Completion.eventTypes,
        transform: { try EventType(name: $0) })
    var type: [EventType] = []

    @Option(
        parsing: .unconditional,
        help: "Instead of the last lines, those after this number, since this time, or 30s, 10m, 2h or 7d ago.",
        transform: TailStart.init(text:))
    var since: TailStart?

    @Flag(help: "Print the lines as they are: JSON.")
    var json = false

    @Argument(help: "The service's socket, or a log.", completion: .file())
    var path: String?

    func validate() throws {
        if let count, !(0...1_000_000).contains(count) { throw ValidationError("-n is a number from 0 to 1000000.") }
        if count != nil, since != nil { throw ValidationError("-n and --since exclude each other.") }
    }

    func run() throws {
        let start = since ?? .last(count ?? 10)
        let filter = EventFilter(sources: Set(source), labels: Set(label), types: Set(type.map(\.rawValue)))
        let format = TailFormat(hasColours: TailFormat.isWanted)
        var input = try TailPlace.open(path, from: start, filter: filter, follows: follow)
        while let line = try input.next() {
            if json {
                try Output.write(line: LoggedLine.printable(line))
            } else if let text = format.text(of: line) {
                try Output.write(line: Array((text + "\n").utf8))  // it may have colours in it
            }
        }
    }
}

/// Where to begin.
enum TailStart: Equatable {
    case last(Int)
    /// Behind the line of a number.
    case after(Int)
    case time(Timestamp)

    /// - Throws: a sentence about what is wrong.
    init(text: String) throws {
        if let number = Int(text), number >= 0 {
            self = .after(number)
        } else if let seconds = Self.seconds(text) {
            self = .time(EventClock.system.wallClock().advanced(by: -seconds))
        } else if text.contains("T") {
            self = .time(try Timestamp(text: text))
        } else {
            throw ValidationError("it is the number of a line, a time as 2026-11-22T21:17:03Z, or 30s, 10m, 2h or 7d")
        }
    }

    /// `10m`.
    private static func seconds(_ text: String) -> Double? {
        // A bare 0 is the number of a line.
        text == "0" ? nil : Units.seconds(text)
    }
}

/// Where lines come from.
protocol TailInput {
    /// The next line, with its line feed; nil if there are no more. Waits if it is to.
    mutating func next() throws -> [UInt8]?
}

enum TailPlace {
    static let socket = "/run/lookout/events.sock"
    static let log = "/var/log/lookout/events.jsonl"

    /// - Throws: ``Failure`` if there is nothing to read.
    static func open(_ path: String?, from start: TailStart, filter: EventFilter, follows: Bool) throws -> any TailInput
    {
        let place = path ?? (kind(socket) == S_IFSOCK ? socket : log)
        switch kind(place) {
        case S_IFSOCK:
            do {
                return try TailSocket(place, from: start, filter: filter, follows: follows)
            } catch  where path == nil && access(log, R_OK) == 0 {
                // Left there by a service that was killed, or not for us.
                return TailLog(log, from: start, filter: filter, follows: follows)
            }
        case S_IFREG where access(place, R_OK) == 0:
            return TailLog(place, from: start, filter: filter, follows: follows)
        case nil, S_IFREG:
            let absent = path == nil && errno == ENOENT ? " (and there is no \(socket))" : ""
            throw Failure(status: EX_NOINPUT, "\(place): \(systemPhrase(errno))\(absent)")
        default:
            throw Failure(status: EX_NOINPUT, "\(place): is neither a socket nor a file")
        }
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
