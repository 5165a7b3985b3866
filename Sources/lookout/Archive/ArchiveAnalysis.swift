import Archive
import Basics
import Capture
import Events
import Glibc
import Watch

/// `lookout analyze --into`: analysis of recordings into a project folder.
struct ArchiveAnalysis {
    let command: AnalyzeCommand
    let model: AnalysisModel
    let settings: RecordingSettings
    let interruption: CancellationToken

    /// Analyzes recordings, prints a summary, and reports failures by the exit status.
    ///
    /// - Throws: ``Failure``, `FileError`, `OwnerLock.Failure`, ``ReportedFailure``.
    func run(_ files: [String], into path: String) throws {
        try checkFeatures()
        let files = ArchiveRun.distinct(files)
        let watch = command.project.watch.isEmpty ? nil : try ArchiveWatch(command.project.watch)
        let folder = try ProjectFolder.create(path)
        let workers = command.output.workers
        let concurrency = watch == nil ? max(1, min(workers, files.count)) : workers
        let run = ArchiveRun(
            folder, settings: try archiveSettings, concurrency: concurrency, shard: command.project.shard?.shard,
            checkpointInterval: command.project.checkpoint, interruption: interruption,
            make: maker(concurrency: concurrency))
        let report = ArchiveReport(recordings: files.count)
        let display = StatusTimer { report.lines }
        let result = Result {
            try run.run(files, begin: report.begin, end: report.end)
            while let watch, let next = try watch.next(interruption) {
                report.expect(next.count)
                try run.run(ArchiveRun.distinct(next), begin: report.begin, end: report.end)
            }
        }
        display.stop()
        let summary = report.summary
        try result.get()
        if command.json {
            try Output.write(summary.json(elapsed: report.elapsed))
        } else {
            try Output.write(lines: summary.text(elapsed: report.elapsed).split(separator: "\n").map(String.init))
        }
        // A run that watches folders always ends so.
        if interruption.wasCancelled, watch == nil { throw SourceError.interrupted }
        if summary.status != 0 { throw ReportedFailure(status: summary.status) }
    }

    /// Recordings at the same time need less of the machine each.
    private func maker(concurrency: Int) -> RecordingAnalysis.Maker {
        var settings = settings
        settings.workers = max(1, settings.workers / concurrency)
        settings.decoderThreads = max(1, settings.decoderThreads / concurrency)
        settings.readers = max(1, settings.readers / concurrency)
        let (plans, fixed) = (plans, settings)
        return { sinks in RecordingAnalysis(plans: plans, settings: fixed, sinks: sinks) }
    }

    private var plans: NetworkPlans {
        NetworkPlans(model.plans.first, second: model.plans.second, wantsFeatures: command.project.features)
    }

    /// Checks that there are feature vectors to store.
    ///
    /// - Throws: ``Failure``.
    private func checkFeatures() throws(Failure) {
        guard command.project.features, plans.featureCount == 0 else { return }
        let isClassified = model.second != nil || model.first.task != .detection
        throw Failure(
            status: EX_USAGE,
            isClassified
                ? "--features: \((model.second ?? model.first).name) has no vector before its last layer"
                : "--features: the feature vectors are those of a classifier of objects, and there is none; "
                    + "`lookout model fetch \(ModelOption.usual)` installs one, or --classify names one")
    }

    /// Everything that the samples and events depend on.
    private var archiveSettings: ArchiveSettings {
        get throws {
            var values = [
                ArchiveSettings.Value("model", model.first.name),
                ArchiveSettings.Value("model_sha256", try Checksum.ofFile(model.first.path)),
            ]
            if let second = model.second {
                values.append(ArchiveSettings.Value("classify", second.name))
                values.append(ArchiveSettings.Value("classify_sha256", try Checksum.ofFile(second.path)))
            }
            values += [
                ArchiveSettings.Value("fps", settings.sampling.defaultValueDescription),
                ArchiveSettings.Value("nearest", settings.choice.rawValue),
                ArchiveSettings.Value("fit", "\(command.fit)"),
                ArchiveSettings.Value("crops", "\(settings.crops.budget)"),
                ArchiveSettings.Value("from", "\(settings.part.from)"),
                ArchiveSettings.Value("to", settings.part.to.map { "\($0)" } ?? ""),
                ArchiveSettings.Value("start", settings.start.map(\.description) ?? ""),
                ArchiveSettings.Value("since", settings.interval.since.map(\.description) ?? ""),
                ArchiveSettings.Value("until", settings.interval.until.map(\.description) ?? ""),
                ArchiveSettings.Value("name_time", command.selection.nameTime?.pattern ?? ""),
            ]
            // Not a setting without vectors: folders of earlier versions have none.
            if command.project.features {
                let classifier = model.second ?? model.first
                values.append(ArchiveSettings.Value("features", try Checksum.ofFile(classifier.path)))
            }
            return ArchiveSettings(
                values + (try command.detection.archiveValues) + command.objects.shapes.archiveValues)
        }
    }
}

extension DetectionOptions {
    /// The options with their values.
    fileprivate var archiveValues: [ArchiveSettings.Value] {
        get throws { EventSettings.values(settings, groups: try groups.map(LabelGroups.read)) }
    }
}

extension ShapeOptions {
    /// The options with their values.
    fileprivate var archiveValues: [ArchiveSettings.Value] {
        zone.map { ArchiveSettings.Value("zone", $0) } + line.map { ArchiveSettings.Value("line", $0) }
            + objectMask.map { ArchiveSettings.Value("object_mask", $0) }
    }
}
