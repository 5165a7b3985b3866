import ArgumentParser
import Basics
import Events
import Glibc
import Service

/// `lookout tail`: last and new event records, as text or JSON.
struct TailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the last event records, and follow new ones.",
        discussion: """
            PATH is the service's socket or an event log. The default is \(TailPlace.socket) if it exists, and \
            \(TailPlace.log) otherwise. Rotated files are read, too, unless they are compressed.
            """)

    @Option(name: .customShort("n"), parsing: .unconditional, help: "Number of last records to show (default: 10).")
    var count: Int?

    @Flag(
        name: .customShort("f"), help: "Follow new records, also when the log is rotated or the service restarted.")
    var follow = false

    @Option(help: "Show only records of this source; repeatable.", completion: Completion.sources)
    var source: [String] = []

    @Option(help: "Show only records of this label or group; repeatable.", completion: Completion.loggedLabels)
    var label: [String] = []

    @Option(
        help: "Show only records of this type, as start or source_lost; repeatable.",
        completion: Completion.eventTypes,
        transform: { try EventType(name: $0) })
    var type: [EventType] = []

    @Option(
        parsing: .unconditional,
        help:
            "Show records since a time (2026-11-22T21:17:03Z), a duration ago (30s, 10m, 2h, 7d) or after a sequence number.",
        transform: TailStart.init(text:))
    var since: TailStart?

    @Flag(help: "Print the records unchanged, as JSON lines.")
    var json = false

    @Argument(help: "Socket of the service, or event log.", completion: .file())
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
                try Output.write(line: Array((text + "\n").utf8))  // may contain colours
            }
        }
    }
}
