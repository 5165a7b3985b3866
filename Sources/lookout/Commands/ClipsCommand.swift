import Archive
import ArgumentParser
import Basics
import Capture
import Events
import Glibc
import Watch

/// `lookout clips`: the events of a project folder as videos.
struct ClipsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clips",
        abstract: "Cut the events of a project folder out of their recordings.",
        discussion: """
            Streams are copied, not encoded again: that is fast and loses nothing. A clip begins at the last key frame before its \
            start, so it may begin some seconds earlier. Clips that are there already are left alone.
            """)

    @Option(help: "Folder for the clips; it is created if it does not exist.", completion: .directory)
    var out: String

    @Option(parsing: .unconditional, help: "Time before the event (default: 2s).", transform: Seconds.parse)
    var before = 2.0

    @Option(parsing: .unconditional, help: "Time after the event (default: 2s).", transform: Seconds.parse)
    var after = 2.0

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only events with this label or group; repeatable.", valueName: "label"))
    var label: [String] = []

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Only events with this score or a higher one.", valueName: "score"))
    var least = 0.0

    @Argument(help: "Project folder.", completion: .directory)
    var folder: String

    func validate() throws {
        guard before >= 0, after >= 0, before <= Self.longest, after <= Self.longest else {
            throw ValidationError("--before and --after are times up to a day.")
        }
        guard (0...1).contains(least) else { throw ValidationError("--least is a score from 0 to 1.") }
    }

    private static let longest = 86_400.0

    func run() throws {
        let interruption = CancellationToken()
        let signals = StopSignals { interruption.cancel() }
        defer { signals.restore() }
        let sources = try ReportSource.read(folder)
        try checkLabels(sources)
        try OutputFolder.create(out)
        let total = sources.reduce(0) { $0 + events(of: $1).count }
        let done = Mutex(0)
        let timer = StatusTimer { ["clip \(done.withLock { $0 }) of \(total)"] }
        var summary = Summary()
        for source in sources where !interruption.wasCancelled {
            let copy = StreamCopy(
                path: source.recording.absolutePath ?? source.recording.path, interruption: interruption)
            for event in events(of: source) where !interruption.wasCancelled {
                done.withLock { $0 += 1 }
                summary.add(try write(event, source, copy))
            }
        }
        timer.stop()
        if interruption.wasCancelled { throw SourceError.interrupted }
        try finish(summary)
    }

    private func events(of source: ReportSource) -> [ReportEvent] {
        source.recording.events.filter { event in
            (label.isEmpty || label.contains(event.label) || event.group.map(label.contains) == true)
                && event.peak >= least
        }
    }

    /// - Throws: ``Failure`` for a label that no event has.
    private func checkLabels(_ sources: [ReportSource]) throws(Failure) {
        let all = sources.flatMap(\.recording.events)
        let known = Set(all.map(\.label) + all.compactMap(\.group))
        for label in label where !known.contains(label) {
            let near = nearestNames(to: label, among: known).first.map { "; did you mean \($0)?" }
            let list = "; there are \(known.sorted().prefix(10).joined(separator: ", "))"
            throw Failure(status: EX_USAGE, "--label: no event has the label \(label)\(near ?? list)")
        }
    }

    // MARK: - Clips

    private enum Outcome {
        case written
        case known
        case failed
    }

    private struct Summary {
        var written = 0
        var known = 0
        var failed = 0

        mutating func add(_ outcome: Outcome) {
            switch outcome {
            case .written: written += 1
            case .known: known += 1
            case .failed: failed += 1
            }
        }
    }

    /// - Throws: ``SourceError/interrupted``.
    private func write(_ event: ReportEvent, _ source: ReportSource, _ copy: StreamCopy) throws -> Outcome {
        let recording = source.recording
        let usual = StreamCopy.container(of: recording.path)
        let containers = usual == StreamCopy.matroska ? [usual] : [usual, StreamCopy.matroska]
        let name = "\(out)/\(name(event, source))"
        guard !containers.contains(where: { access("\(name).\($0)", F_OK) == 0 }) else { return .known }
        let start = recording.start + max(0, event.start - before)
        let end = recording.start + event.end + after
        var failure: (any Error)?
        for container in containers {
            do {
                try copy.copy(from: start, to: end, into: "\(name).\(container)", container: container)
                return .written
            } catch SourceError.interrupted {
                throw SourceError.interrupted
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { Terminal.complain("\(recording.path): no clip of \(event.label) (\(event.id)): \(failure)") }
        return .failed
    }

    /// Characters of an identifier that make a name unique within a recording.
    private static let identifierLength = 16

    /// Returns the name of a clip without its extension: recording, position, label and identifier.
    private func name(_ event: ReportEvent, _ source: ReportSource) -> String {
        let position = RecordingText.position(event.start).map { $0 == ":" ? "-" : $0 }
        let label = (event.group ?? event.label).map { $0.isLetter || $0.isNumber ? $0 : "-" }
        return "\(source.name)_\(String(position))_\(String(label))_\(event.id.prefix(Self.identifierLength))"
    }

    private func finish(_ summary: Summary) throws {
        let known = summary.known > 0 ? ", \(summary.known) there before" : ""
        let failed = summary.failed > 0 ? ", \(summary.failed) failed" : ""
        try Output.write("\(count(summary.written, "clip"))\(known)\(failed)")
        guard summary.failed > 0 else { return }
        throw ReportedFailure(status: summary.written + summary.known > 0 ? EX_DATAERR : EX_NOINPUT)
    }
}
