import Archive
import ArgumentParser
import Basics
import Glibc
import Watch

/// `lookout why`: the samples that an event was made of.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Explain an event by its samples.",
        discussion: """
            Shows the scores before, during and after the event, the thresholds that they reached, the boxes of an object, and \
            what it did at zones and lines.
            """)

    @Argument(help: "Identifier of the event (`id`), or its beginning.")
    var event: String

    @Argument(help: "Project folder.", completion: .directory)
    var folder: String

    /// Shortest beginning of an identifier: it has the time in milliseconds.
    private static let leastLength = 6
    private static let largestEvents = 1 << 30

    func validate() throws {
        if event.count < Self.leastLength {
            throw ValidationError("An identifier's beginning has at least \(Self.leastLength) characters.")
        }
    }

    func run() throws {
        let project = try ProjectFolder.open(folder)
        let wanted = Array("\"id\":\"\(event.uppercased())".utf8)
        for samples in try StoredSamples.all(in: project) {
            let events = try Files.read(
                project.events(of: samples.entry?.name ?? ""), atMost: Self.largestEvents)
            guard events.firstRange(of: wanted) != nil else { continue }
            let settings = try EventSettings(samples.settings)
            if let found = try EventExplanation(event.uppercased(), in: RecordingReplay(samples.path), settings) {
                return try Output.write(lines: found.lines)
            }
        }
        throw Failure(status: EX_NOINPUT, "\(folder): there is no event \(event)")
    }
}
