import Archive
import ArgumentParser
import Basics
import Events
import Glibc
import Watch

/// `lookout replay`: events of stored samples, with other settings.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make events again from stored samples, with other settings.",
        discussion: """
            `lookout analyze --into FOLDER` stores the samples of recordings. A replay makes events of them in moments, \
            because it does not decode the recordings again. Without options, the events are those of the analysis.

            With several values of a setting, or with --truth, the result is a table with a line for each combination. \
            Precision and recall count events that overlap a true interval; overlap is the intersection over union in time.
            """)

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Setting with another value, or with several; repeatable.",
            discussion: """
                enter=0.5, or enter=0.3,0.4,0.5 hold=0.5,1: all combinations are tried. Settings: \
                \(EventSettings.keys.joined(separator: ", ")).
                """,
            valueName: "key=values"))
    var set: [String] = []

    @OptionGroup(title: "Zones and lines instead of those of the analysis") var shapes: ShapeOptions

    @Option(
        help: "YAML file of label groups instead of those of the analysis.",
        completion: .file(extensions: ["yaml", "yml"]))
    var groups: String?

    @Option(
        help: ArgumentHelp(
            "File of true intervals, to compare with; repeatable.",
            discussion: """
                CSV with a line for each interval, recording,label,start,end: porch.mp4,person,5.9,20.1. Or JSON, as \
                docs/archives.md describes.
                """),
        completion: .file(extensions: ["csv", "json"]))
    var truth: [String] = []

    @Option(parsing: .unconditional, help: "Start of the part of each recording, from its first frame.")
    var from: RecordingPosition?

    @Option(parsing: .unconditional, help: "End of the part of each recording, from its first frame.")
    var to: RecordingPosition?

    @Option(help: "File for the event records, or - for standard output.", completion: .file())
    var events = "-"

    @Flag(
        help: ArgumentHelp(
            "Replace the events and the settings of the project folders with the new ones.",
            discussion: "Reports and clips show the new events, and a later analysis with these settings does nothing.")
    )
    var save = false

    @Flag(help: "Write JSON lines on a terminal, too.")
    var json = false

    @Argument(help: "Project folders, or sample files in them.", completion: .directory)
    var samples: [String]

    func validate() throws {
        if let to, to.seconds <= from?.seconds ?? 0 { throw ValidationError("--to must be after --from.") }
        if save, isTable || from != nil || to != nil || events != "-" {
            throw ValidationError("--save takes the events of one setting for whole recordings, and no --events.")
        }
        if isTable, events != "-" {
            throw ValidationError("A table of settings goes to standard output, not to --events.")
        }
    }

    private var values: [SettingValues] {
        get throws { try set.map { text throws(Failure) in try SettingValues(text) } }
    }

    /// Whether settings are compared.
    private var isTable: Bool { !truth.isEmpty || set.contains { (try? SettingValues($0).values.count) ?? 1 > 1 } }

    private var part: RecordingPart { RecordingPart(from: from?.seconds ?? 0, to: to?.seconds) }

    func run() throws {
        let combinations = try SettingValues.combinations(try values)
        if save {
            for folder in self.samples { try save(combinations[0], in: folder) }
            return
        }
        let samples = try StoredSamples.find(samples)
        guard isTable else { return try replay(samples, combinations[0]) }
        let truth = try readTruth(for: samples)
        let compared = samples.filter { truth?.entries(of: $0.recording).isEmpty != true }
        let sweep = Sweep(truth: truth, part: part)
        let recordings = try compared.map { try recording($0, combinations) }
        let results = try sweep.results(of: recordings, settings: combinations.count)
        try write(SweepTable(combinations: combinations, results: results))
    }

    private func readTruth(for samples: [StoredSamples]) throws -> TruthFile? {
        guard !truth.isEmpty else { return nil }
        let files = try truth.map { path throws(FileError) in try TruthFile(path) }
        let truth = TruthFile(entries: files.flatMap(\.entries))
        // Recordings that the truth does not mention are left out, as nobody knows what is right there.
        let unknown = Set(truth.entries.map(\.recording)).subtracting(
            truth.entries.filter { entry in
                samples.contains { !TruthFile(entries: [entry]).entries(of: $0.recording).isEmpty }
            }.map(\.recording))
        if unknown.count == Set(truth.entries.map(\.recording)).count {
            throw Failure(
                status: EX_DATAERR,
                "--truth: no recording has the name \(unknown.sorted().prefix(3).joined(separator: ", "))")
        }
        for name in unknown.sorted() { Terminal.complain("warning: --truth: no recording has the name \(name)") }
        return truth
    }

    /// Returns the settings of an analysis with the changes of this command.
    private func settings(
        _ samples: StoredSamples, _ changes: [(key: String, value: String)]
    ) throws -> EventSettings {
        var settings = try EventSettings(samples.settings)
        for (key, value) in changes { try settings.set(key, value) }
        let shapes = try shapes.options(for: nil)
        if !shapes.zones.isEmpty { settings.objects.zones = shapes.zones }
        if !shapes.lines.isEmpty { settings.objects.lines = shapes.lines }
        if !shapes.masks.isEmpty { settings.objects.masks = shapes.masks }
        if let groups { settings.groups = try LabelGroups.read(groups) }
        try settings.check()
        return settings
    }

    private func recording(
        _ samples: StoredSamples, _ combinations: [[(key: String, value: String)]]
    ) throws -> Sweep.Recording {
        let replay = try RecordingReplay(samples.path)
        let all = try combinations.map { try settings(samples, $0) }
        let model = try ModelTraits(replay.header, groups: all[0].groups)
        return Sweep.Recording(
            replay: replay, rules: try all.map { settings throws(LabelTargetError) in try settings.rules(for: model) },
            labels: model.labels)
    }

    /// Writes the events of one setting.
    private func replay(_ samples: [StoredSamples], _ changes: [(key: String, value: String)]) throws {
        let recordings = try samples.map { try recording($0, [changes]) }
        let outputs = try OutputFiles(events: events, samples: nil, inputs: samples.map(\.path))
        outputs.empty()
        let isText = events == "-" && !json && isatty(STDOUT_FILENO) == 1
        let text = RecordingText(namesSource: samples.count > 1)
        for recording in recordings {
            // As in the project folder, each recording has sequence numbers of its own.
            let sinks = RecordingSinks(
                events: outputs.events, samples: nil, format: isText ? text.format : .json)
            try recording.replay.run(recording.rules[0], labels: recording.labels, part: part, into: sinks)
            try sinks.flush()
        }
    }

    /// Replaces the events of a project folder.
    private func save(_ changes: [(key: String, value: String)], in path: String) throws {
        _ = try ProjectFolder.open(path)  // it has to be there
        let folder = try ProjectFolder.create(path)
        var events = 0
        let all = try StoredSamples.all(in: folder)
        for samples in all {
            guard let entry = samples.entry else { continue }
            let settings = try settings(samples, changes)
            let recording = try recording(samples, [changes])
            try folder.replaceEvents(of: entry, by: settings.stored(in: samples.settings, shapes)) { sinks in
                let count = try recording.replay.run(recording.rules[0], labels: recording.labels, into: sinks)
                events += count
                return count
            }
        }
        try Output.write("\(path): \(count(all.count, "recording")), \(count(events, "event"))")
    }

    private func write(_ table: SweepTable) throws {
        guard json else { return try Output.write(lines: table.lines) }
        for line in table.json { try Output.write(line) }
    }
}

/// Table of the results of several settings.
struct SweepTable {
    let combinations: [[(key: String, value: String)]]
    let results: [Sweep.Result]

    /// Lines for people. With a truth, the best overlap is marked.
    var lines: [String] {
        let best = results.indices.filter { results[$0].score != nil }
            .max { (results[$0].score?.overlap ?? 0, $1) < (results[$1].score?.overlap ?? 0, $0) }
        var header = (combinations.first ?? []).map(\.key) + ["events", "time"]
        if best != nil { header += ["precision", "recall", "F1", "overlap"] }
        let rows = results.indices.map { index in
            let result = results[index]
            var row = combinations[index].map(\.value) + ["\(result.events)", clockTime(result.seconds)]
            if let score = result.score {
                let isBest = index == best && results.count > 1
                row += [score.precision, score.recall, score.f1].map { decimals($0, 3) }
                row.append(decimals(score.overlap, 3) + (isBest ? " ← best" : ""))
            }
            return row
        }
        return Output.table([header] + rows)
    }

    /// A JSON line for each setting.
    var json: [JSONLine] {
        zip(combinations, results).map { combination, result in
            var settings = JSONLine()
            for (key, value) in combination { settings.add(key, value) }
            var line = JSONLine()
            line.add("settings", [settings])
            line.add("events", result.events)
            line.add("seconds", result.seconds, decimals: 3)
            if let score = result.score {
                line.add("precision", score.precision, decimals: 4)
                line.add("recall", score.recall, decimals: 4)
                line.add("f1", score.f1, decimals: 4)
                line.add("overlap", score.overlap, decimals: 4)
            }
            return line
        }
    }
}
