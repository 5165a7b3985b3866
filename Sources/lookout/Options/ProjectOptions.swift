import Archive
import ArgumentParser
import Events
import Watch

/// Options of the analysis of an archive into a project folder.
struct ProjectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Project folder: events and samples of each recording, and a manifest.",
            discussion: """
                A recording that was analyzed before is left out, unless it, the model or the settings have changed. A run \
                that was interrupted goes on where it was, also within a recording.
                """,
            valueName: "folder"),
        completion: .directory)
    var into: String?

    @Option(
        help: ArgumentHelp(
            "Analyze only part I of N of the recordings, on one of N machines: 1/4, 2/4, …",
            discussion: "The part depends on the contents of the recordings. `lookout merge` joins the folders.",
            valueName: "i/n"))
    var shard: ShardArgument?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Folder whose recordings are analyzed as a recorder completes them, until you stop the program; repeatable.",
            discussion: "Recordings that are there already come first.", valueName: "folder"),
        completion: .directory)
    var watch: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Store feature vectors, with which `lookout find` finds what looks like an example.",
            discussion: """
                They are those of the classifier: of each sample, or of the objects of a detector. Each takes 1.3 kB.
                """))
    var features = false

    @Option(parsing: .unconditional, help: .hidden, transform: Seconds.parse)
    var checkpoint = 10.0

    /// Checks the options.
    ///
    /// - Parameters:
    ///   - output: options of the event records.
    ///   - images: options of images.
    /// - Throws: `ValidationError`.
    func check(_ output: OutputOptions, _ images: ImageOptions) throws {
        guard into != nil else {
            if !watch.isEmpty { throw ValidationError("--watch needs --into, a project folder.") }
            if features { throw ValidationError("--features needs --into, a project folder.") }
            if shard != nil { throw ValidationError("--shard needs --into, a project folder for each part.") }
            return
        }
        if output.events != "-" || output.samples != nil {
            throw ValidationError(
                "With --into, events and samples go to the project folder, not to --events or --samples.")
        }
        if images.annotate != nil || images.snapshots != nil {
            throw ValidationError(
                "With --into, there are no --annotate and --snapshots: `lookout report` shows images of the recordings."
            )
        }
    }
}

/// Part of an archive, as 2/4.
struct ShardArgument: ExpressibleByArgument, Equatable {
    let shard: ArchiveRun.Shard

    /// Most parts.
    private static let most = 100_000

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let part = Int(parts[0]), let count = Int(parts[1]), (1...Self.most).contains(count),
            (1...count).contains(part)
        else { return nil }
        shard = ArchiveRun.Shard(index: part - 1, count: count)
    }
}
