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

    @Option(name: .customShort("n"), help: "How many of the last lines to show (default: 10).")
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
