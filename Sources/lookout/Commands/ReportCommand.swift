import Archive
import ArgumentParser
import Basics
import Capture
import Events
import Glibc
import Watch

/// `lookout report`: events of a project folder as a page, a table, subtitles, chapters or annotations.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show the events of a project folder as a page, or export them.",
        discussion: """
            The page is one file, which any browser opens without a network. It shows frames of the recordings, which have to \
            be where they were when they were analyzed.
            """)

    @Option(
        name: .shortAndLong, help: "Page to write.", completion: .file(extensions: ["html"]))
    var output: String?

    @Option(help: "Title of the page (default: name of the folder).")
    var title: String?

    @Option(
        parsing: .unconditional,
        help: "Most events with images in the page; those with the highest scores. 0 for none.")
    var images = 2000

    @Option(help: "Table to write: comma-separated values.", completion: .file(extensions: ["csv"]))
    var csv: String?

    @Option(help: "Folder for subtitles (SubRip): NAME.srt for each recording.", completion: .directory)
    var srt: String?

    @Option(help: "Folder for subtitles (WebVTT): NAME.vtt for each recording.", completion: .directory)
    var vtt: String?

    @Option(
        help: "Folder for chapters (FFmpeg's metadata): NAME.ffmeta for each recording.", completion: .directory)
    var chapters: String?

    @Option(
        help: "Folder for the best frames of objects with their detections, for annotation tools (COCO).",
        completion: .directory)
    var coco: String?

    @Argument(help: "Project folder.", completion: .directory)
    var folder: String

    func validate() throws {
        if [output, csv, srt, vtt, chapters, coco].allSatisfy({ $0 == nil }) {
            throw ValidationError("Nothing to write: name a page with -o, or an export.")
        }
        if images < 0 { throw ValidationError("--images is a number of events.") }
    }

    func run() throws {
        let interruption = CancellationToken()
        let signals = StopSignals { interruption.cancel() }
        defer { signals.restore() }
        let recordings = try ReportSource.read(folder)
        if let csv { try write(csv, EventExport.csv(recordings.map(\.recording))) }
        try writeEach(srt, "srt", recordings, EventExport.srt)
        try writeEach(vtt, "vtt", recordings, EventExport.vtt)
        try writeEach(chapters, "ffmeta", recordings, EventExport.chapters)
        if let coco { try writeAnnotations(coco, recordings, interruption) }
        if let output { try writePage(output, recordings.map(\.recording), interruption) }
        if interruption.wasCancelled { throw SourceError.interrupted }
    }

    private func write(_ path: String, _ text: String) throws { try Files.write(path, [Array(text.utf8)]) }

    private func writeEach(
        _ folder: String?, _ ending: String, _ recordings: [ReportSource], _ text: (ReportRecording) -> String
    ) throws {
        guard let folder else { return }
        try OutputFolder.create(folder)
        for source in recordings { try write("\(folder)/\(source.name).\(ending)", text(source.recording)) }
    }

    private func writeAnnotations(
        _ folder: String, _ recordings: [ReportSource], _ interruption: CancellationToken
    ) throws {
        try OutputFolder.create(folder)
        try OutputFolder.create(folder + "/images")
        var export = AnnotationExport(folder: folder)
        for source in recordings where !interruption.wasCancelled {
            do {
                try export.add(
                    source.recording, name: source.name, replay: source.replay, interruption: interruption)
            } catch let error as SourceError {
                Terminal.complain("\(source.recording.path): no frames in the export: \(error)")
            }
        }
        _ = try export.finish()
    }

    private func writePage(
        _ path: String, _ recordings: [ReportRecording], _ interruption: CancellationToken
    ) throws {
        let events = recordings.flatMap(\.events).sorted { ($1.peak, $0.id) < ($0.peak, $1.id) }
        let done = Mutex(0)
        let timer = StatusTimer { ["frames of \(done.withLock { $0 }) of \(count(recordings.count, "recording"))"] }
        let found = ReportImages(
            of: recordings, wanted: Set(events.prefix(images).map(\.id)), interruption: interruption
        ) { number in done.withLock { $0 = max($0, number) } }
        timer.stop()
        guard !interruption.wasCancelled else { return }
        for failure in found.failures {
            Terminal.complain("\(failure.path): no frames in the report: \(failure.message)")
        }
        if events.count > images, images > 0 {
            Terminal.complain(
                "warning: \(images) of \(events.count) events have images; --images \(events.count) adds the others")
        }
        let name = title ?? Folder.split(folder.hasSuffix("/") ? String(folder.dropLast()) : folder).name
        let page = ReportPage(title: name, recordings: recordings, images: found)
        try Files.write(path, [try page.html])
    }
}

/// Recording of a project folder with its events.
struct ReportSource {
    /// Name of the recording's files in the project folder.
    let name: String
    let replay: RecordingReplay
    let recording: ReportRecording

    /// Reads the recordings of a project folder.
    ///
    /// - Throws: ``Failure``, `FileError`, `LabelTargetError`.
    static func read(_ folder: String) throws -> [ReportSource] {
        try StoredSamples.all(in: ProjectFolder.open(folder)).map { samples in
            let replay = try RecordingReplay(samples.path)
            let settings = try EventSettings(samples.settings)
            let model = try ModelTraits(replay.header, groups: settings.groups)
            let recording = try ReportRecording(
                replay, entry: samples.entry, rules: try settings.rules(for: model), labels: model.labels)
            return ReportSource(name: samples.entry?.name ?? "", replay: replay, recording: recording)
        }
    }
}

/// Folder that a command writes to.
enum OutputFolder {
    /// Creates a folder unless it exists.
    ///
    /// - Throws: `FileError`.
    static func create(_ path: String) throws(FileError) {
        guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
        throw FileError(
            path: path, kind: .unwritable, reason: "the folder cannot be created: \(String(cString: strerror(errno)))")
    }
}
