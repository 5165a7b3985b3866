import Basics
import Capture
import Dispatch
import Events
import Glibc
import Watch

/// Analysis of many recordings into a project folder: several at a time, each only if it has not been done.
package final class ArchiveRun: Sendable {
    /// Outcome of a recording.
    package enum Outcome: Sendable {
        /// It had been done before.
        case known(RecordingEntry)
        /// It was analysed now. The stages took so long.
        case analyzed(RecordingEntry, StageTimes)
        /// It cannot be read.
        case failed(path: String, message: String)
        /// It belongs to another shard.
        case otherShard
        /// The run was interrupted before its end.
        case interrupted
    }

    /// A part of the recordings, which depends on their contents alone, so that machines need not talk to each other.
    package struct Shard: Equatable, Sendable {
        /// 0..<``count``
        package var index: Int
        package var count: Int

        package init(index: Int, count: Int) { (self.index, self.count) = (index, count) }

        static let all = Shard(index: 0, count: 1)
    }

    private let folder: ProjectFolder
    private let settings: ArchiveSettings
    private let make: RecordingAnalysis.Maker
    private let concurrency: Int
    private let shard: Shard
    /// Seconds between two checkpoints of a recording.
    private let checkpointInterval: Double
    private let interruption: CancellationToken
    private let failure = Mutex<(any Error)?>(nil)

    /// - Parameters:
    ///   - settings: settings by which recordings are known again.
    ///   - concurrency: number of recordings that are analysed at the same time.
    ///   - make: makes an analysis that writes to the given sinks; called for each recording.
    package init(
        _ folder: ProjectFolder, settings: ArchiveSettings, concurrency: Int, shard: Shard? = nil,
        checkpointInterval: Double = 10, interruption: CancellationToken,
        make: @escaping RecordingAnalysis.Maker
    ) {
        self.folder = folder
        self.settings = settings
        self.shard = shard ?? .all
        self.checkpointInterval = checkpointInterval
        self.interruption = interruption
        self.make = make
        self.concurrency = max(1, concurrency)
    }

    /// Analyses recordings. Returns when all are done, or after an interruption.
    ///
    /// - Parameters:
    ///   - recordings: paths.
    ///   - begin: is called when a recording is about to be analysed.
    ///   - end: is called with the outcome of each recording. Both are called on any thread, one at a time.
    /// - Throws: ``FileError`` or ``LineSink/Failure`` if the project folder cannot be written.
    package func run(
        _ recordings: [String], begin: @escaping @Sendable (String, RecordingProgress) -> Void,
        end: @escaping @Sendable (String, Outcome) -> Void
    ) throws {
        try folder.manifest.save(settings)
        let next = Mutex(0)
        let reports = Mutex(())
        DispatchQueue.concurrentPerform(iterations: min(concurrency, max(1, recordings.count))) { _ in
            while let recording = next.withLock({ Self.take(recordings, &$0) }), !isOver {
                let progress = RecordingProgress()
                let outcome = outcome(of: recording, progress) {
                    reports.withLock { _ in begin(recording, progress) }
                }
                guard let outcome else { return }
                reports.withLock { _ in end(recording, outcome) }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Returns the recordings without those that are named twice, as a file and in its folder: two analyses of one recording would
    /// write to the same files.
    package static func distinct(_ recordings: [String]) -> [String] {
        var seen: Set<String> = []
        return recordings.filter { seen.insert(RecordingFile.absolute($0)).inserted }
    }

    private static func take(_ recordings: [String], _ next: inout Int) -> String? {
        defer { next += 1 }
        return recordings.indices.contains(next) ? recordings[next] : nil
    }

    private var isOver: Bool { interruption.wasCancelled || failure.withLock { $0 } != nil }

    /// - Returns: `nil` if the folder cannot be written: the run ends.
    private func outcome(
        of recording: String, _ progress: RecordingProgress, begin: () -> Void
    ) -> Outcome? {
        do {
            return try outcome(try RecordingFile(recording), progress, begin: begin)
        } catch let error as FileError where error.kind == .unreadable && error.path == recording {
            return .failed(path: recording, message: error.reason)
        } catch {
            failure.withLock { $0 = $0 ?? error }
            return nil
        }
    }

    private func outcome(
        _ file: RecordingFile, _ progress: RecordingProgress, begin: () -> Void
    ) throws -> Outcome {
        guard file.shard(of: shard.count) == shard.index else { return .otherShard }
        let known = try folder.manifest.entry(of: file.path)
        let isSame = known?.isAbout(file, settings: settings.fingerprint) == true
        if isSame, let known, isComplete(known) { return .known(known) }
        var entry = RecordingEntry(file, settings: settings.fingerprint)
        entry.id = known?.id
        // An interrupted analysis goes on only if nothing has changed.
        if !isSame { folder.removeFiles(of: entry.name) }
        entry = try folder.manifest.save(entry)
        begin()
        return try analyze(file, entry, progress)
    }

    /// Whether a recording needs no analysis: it has been read, and its files are there.
    private func isComplete(_ entry: RecordingEntry) -> Bool {
        switch entry.state {
        case .running, .failed: false
        case .outside: true
        case .done, .corrupt:
            access(folder.events(of: entry.name), R_OK) == 0 && access(folder.samples(of: entry.name), R_OK) == 0
        }
    }

    private func analyze(
        _ file: RecordingFile, _ entry: RecordingEntry, _ progress: RecordingProgress
    ) throws -> Outcome {
        var entry = entry
        let started = MonotonicClock.now
        let draft = folder.draft(of: entry.name)
        let sink = try LineSink.file(draft)
        sink.empty()
        let sinks = RecordingSinks(events: sink, samples: nil)
        let files = SampleFiles(
            samples: folder.samples(of: entry.name), checkpoint: folder.checkpoint(of: entry.name),
            interval: checkpointInterval)
        let result = Result {
            try make(sinks).run(path: file.source, storedIn: files, interruption: interruption, progress: progress)
        }
        try sinks.flush()
        if interruption.wasCancelled { return .interrupted }
        entry.seconds = MonotonicClock.now - started
        entry.finished = EventClock.system.wallClock().milliseconds
        var times = StageTimes()
        switch result {
        case .success(let summary):
            times = summary.times
            entry.note(summary, message: summary.corruption.isEmpty ? nil : "\(summary.corruption)")
            try folder.publishEvents(of: entry.name)
        case .failure(let error as SourceError):
            (entry.state, entry.message) = (.failed, error.description)
            folder.removeFiles(of: entry.name)
        case .failure(let error): throw error
        }
        try folder.manifest.save(entry)
        guard entry.state == .failed else { return .analyzed(entry, times) }
        return .failed(path: file.source, message: entry.message ?? "")
    }
}

extension RecordingAnalysis {
    /// Makes an analysis that writes to some sinks.
    package typealias Maker = @Sendable (RecordingSinks) -> RecordingAnalysis
}
