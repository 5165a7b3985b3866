import ArgumentParser
import Capture
import Events
import Glibc
import Logging
import MobileNet
import Watch

/// `lookout analyze`: analysis of recordings.
struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Detect events in recordings.",
        discussion: """
            On a terminal, each event is a line of text when it has ended: start, end, label and highest score. Otherwise, \
            or with --json, event records are JSON lines: one at the start of an event, one at its end. Any format that \
            FFmpeg supports can be read. Times are the recording's own time stamps.

            Durations are numbers of seconds, or have a unit: 500ms, 10s, 5m, 2h, 1d.
            """)

    @OptionGroup var modelOption: ModelOption

    @Option(
        parsing: .unconditional,
        help: "Samples per second of the recording, up to 1000; or `all`, or `key` (key frames only).")
    var fps = Sampling.rate(5)

    @Option(
        help: """
            Frames to choose samples from: first (the first at each instant or after it), or reference (the nearest of those that \
            others refer to; no others are decoded, which is faster).
            """)
    var nearest = FrameChoice.first

    @Option(help: "Scaling to the network's input: squash (stretch), crop (centre) or pad (add bars).")
    var fit = Fit.squash

    @OptionGroup(title: "Detection") var detection: DetectionOptions

    @OptionGroup(title: "Objects") var objects: ObjectOptionGroup

    @OptionGroup(title: "Images") var images: ImageOptions

    @OptionGroup var output: OutputOptions

    @Flag(help: "Write event records as JSON lines on a terminal, too.")
    var json = false

    @Option(
        parsing: .unconditional, help: "Time of the first frame, as 2026-11-22T21:17:03Z (default: from the file).",
        transform: { try Timestamp(text: $0) })
    var start: Timestamp?

    @Option(
        parsing: .unconditional,
        help: "Start of the part to analyze, from the first frame: seconds, or as 1:30 or 0:01:30.5.")
    var from: RecordingPosition?

    @Option(parsing: .unconditional, help: "End of the part to analyze, from the first frame: seconds, or as 2:00.")
    var to: RecordingPosition?

    @OptionGroup(title: "Recordings") var selection: RecordingSelection

    @OptionGroup(title: "Archives") var project: ProjectOptions

    @Argument(help: "Recordings to analyze: files, folders, or patterns.", completion: .file())
    var files: [String] = []

    func validate() throws {
        try output.check()
        try selection.check(files: files, start: start, watches: !project.watch.isEmpty)
        try images.check(sourceCount: files.count)
        try project.check(output, images)
        if files.contains("-") { throw ValidationError("Standard input is called /dev/stdin.") }
        if let to, to.seconds <= from?.seconds ?? 0 { throw ValidationError("--to must be after --from.") }
        for file in files { try checkIsRecording(file) }
        try detection.check()
    }

    /// Checks that an argument is no stream or camera.
    ///
    /// - Throws: `ValidationError`, which does not repeat secrets.
    private func checkIsRecording(_ file: String) throws {
        do {
            switch try SourceAddress(file) {
            case .stream(let url): throw ValidationError("\(url) is a stream; `lookout watch` watches streams.")
            case .camera(let path): throw ValidationError("\(path) is a camera; `lookout watch` watches cameras.")
            case .file: break
            }
        } catch AddressError.unreadableHost {
            throw ValidationError("One of the recordings is the address of a stream; `lookout watch` watches streams.")
        } catch is AddressError {}
    }

    func run() throws {
        let files = try selection.files(of: files)
        if start != nil { try checkSingle(files, "--start is the time of one recording") }
        if images.annotate != nil { try checkSingle(files, "--annotate shows one source") }
        let model = try objects.analysisModel(modelOption.load())
        try model.checkMemory(workers: output.workers)
        output.log.info("\(model)")
        let settings = try recordingSettings(model)
        let interruption = CancellationToken()
        let signals = StopSignals { interruption.cancel() }
        defer { signals.restore() }
        guard let folder = project.into else {
            return try analyze(files, model, settings, interruption)
        }
        try ArchiveAnalysis(command: self, model: model, settings: settings, interruption: interruption)
            .run(files, into: folder)
    }

    private func recordingSettings(_ model: AnalysisModel) throws -> RecordingSettings {
        let source = try sourceSettings(model)
        var settings = RecordingSettings(
            sampling: fps, fit: fit, crops: source.crops, workers: output.workers,
            decoderThreads: min(Environment.coreCount, 4),
            rules: source.regions[0].rules,
            labels: model.labels, model: model.first.name, start: start,
            part: RecordingPart(from: from?.seconds ?? 0, to: to?.seconds))
        settings.readers = output.workers
        settings.choice = nearest
        settings.nameTime = selection.nameTime
        settings.interval = selection.interval
        return settings
    }

    /// Analyzes recordings one after the other, into one output.
    private func analyze(
        _ files: [String], _ model: AnalysisModel, _ settings: RecordingSettings, _ interruption: CancellationToken
    ) throws {
        let log = output.log
        let sinks = try openSinks(model.first, files)
        let frames = try images.open(inputs: files + [model.first.path], waits: true, task: model.first.task, log)
        let analysis = RecordingAnalysis(plans: model.plans, settings: settings, sinks: sinks, frames: frames)
        var report = AnalysisReport(log: log)
        for file in files where !interruption.wasCancelled {
            report.begin(file, number: report.filesBegun + 1, of: files.count)
            let result = Result {
                try analysis.run(path: file, interruption: interruption, progress: report.progress)
            }
            report.stopDisplay()
            try sinks.flush()  // throws if the events can no longer be written
            report.end(file, result)
        }
        try frames.finish(log)
        if !interruption.wasCancelled { report.finish() }
        if interruption.wasCancelled, report.status == 0, report.filesBegun < files.count {
            throw SourceError.interrupted
        }
        if report.status != 0 { throw ReportedFailure(status: report.status) }
    }

    private func checkSingle(_ files: [String], _ reason: String) throws(Failure) {
        guard files.count > 1 else { return }
        throw Failure(status: EX_USAGE, "\(reason); there are \(files.count)")
    }

    /// Resolves the rules of events for the model.
    private func sourceSettings(_ model: AnalysisModel) throws -> SourceSettings {
        let traits = ModelTraits(model, groups: try detection.readGroups(labels: model.labels))
        var options = SourceOptions()
        options.detection = detection.settings
        options.objects = try objects.options(for: nil)
        options.crops.budget = objects.crops
        return try options.settings(for: traits)
    }

    /// Opens the sinks. The files are emptied last, when all options are known to be valid.
    private func openSinks(_ model: LoadedModel, _ files: [String]) throws -> RecordingSinks {
        let outputs = try output.open(inputs: files + [model.path] + detection.files)
        if files.contains(where: { access($0, R_OK) == 0 }) { outputs.empty() }
        guard output.events == "-", !json, isatty(STDOUT_FILENO) == 1 else {
            return RecordingSinks(events: outputs.events, samples: outputs.samples)
        }
        let text = RecordingText(namesSource: files.count > 1)
        return RecordingSinks(events: outputs.events, samples: outputs.samples, format: text.format)
    }
}

extension Sampling: ExpressibleByArgument {
    package init?(argument: String) {
        switch argument {
        case "all": self = .all
        case "key": self = .keyFrames
        default:
            guard let rate = Double(argument), rate > 0, rate <= 1000 else { return nil }
            self = .rate(rate)
        }
    }

    package static var defaultCompletionKind: CompletionKind { .list(["all", "key"]) }

    package var defaultValueDescription: String {
        switch self {
        case .all: "all"
        case .keyFrames: "key"
        case .rate(let rate): rate == rate.rounded() ? "\(Int(rate))" : "\(rate)"
        }
    }
}
