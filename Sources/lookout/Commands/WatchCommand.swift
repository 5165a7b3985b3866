import ArgumentParser
import Basics
import Capture
import Dispatch
import Events
import Glibc
import Logging
import MobileNet
import Watch

/// `lookout watch`: live analysis of cameras and streams.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Detect events in cameras and streams until stopped.",
        discussion: """
            A source is an address with an optional name: door=rtsp://camera.local/stream. The address is a camera of \
            this machine (/dev/video0; `lookout cameras` lists them); a stream by rtsp, http, rtmp, srt, tcp or udp; or a \
            file, which is played in real time (append ?loop to repeat it). A source that cannot be reached is retried \
            for ever.

            Durations are numbers of seconds, or have a unit: 500ms, 10s, 5m, 2h, 1d.
            """)

    @OptionGroup var modelOption: ModelOption

    @Option(parsing: .unconditional, help: "Samples per second, up to 1000; or `all`, or `key` (key frames only).")
    var fps = Sampling.rate(2)

    @Option(help: "Scaling to the network's input: squash (stretch), crop (centre) or pad (add bars).")
    var fit = Fit.squash

    @OptionGroup(title: "Detection") var detection: DetectionOptions

    @OptionGroup(title: "Streams") var reception: ReceptionOptions

    @OptionGroup(title: "TLS") var tls: TLSOptions

    @OptionGroup(title: "Credentials") var credentials: CredentialOptions

    @OptionGroup(title: "Cameras") var camera: CameraOptions

    @OptionGroup(title: "Motion") var motion: MotionOptions

    @OptionGroup(title: "Regions") var regions: RegionOptions

    @OptionGroup(title: "Objects") var objects: ObjectOptionGroup

    @OptionGroup(title: "Images") var images: ImageOptions

    @OptionGroup var output: OutputOptions

    @Argument(help: "Sources: [NAME=]ADDRESS.", completion: .file())
    var sources: [String]

    func validate() throws {
        try output.check()
        try images.check(sourceCount: sources.count)
        try detection.check()
        try reception.check()
        try tls.check()
    }

    func run() throws {
        let log = output.log
        let sources = try NamedSource.parse(self.sources)
        for source in sources where source.hasSecretAddress {
            log.warning(
                "\(source.name): everybody on this machine can read this address and its password in the list of processes; put user:password into a file for --credentials, or use `lookout run` with a configuration"
            )
        }
        let model = try objects.analysisModel(modelOption.load())
        try model.checkMemory(workers: output.workers)
        log.info("\(model)")
        let live = try live(sources, model)
        let outputs = try output.open(
            inputs: sources.compactMap(\.path) + [model.first.path] + detection.files + credentials.files)
        outputs.endTornLines()
        let sinks = LiveSinks(
            events: [LiveLineSink(outputs.events, now: Self.now)],
            samples: [outputs.samples].compactMap { $0 }.map { LiveLineSink($0, now: Self.now) })
        let frames = try images.open(
            inputs: sources.compactMap(\.path) + [model.first.path], waits: false, task: model.first.task, log)
        let analysis = LiveAnalysis(
            plans: model.plans, sources: live,
            settings: LiveSettings(workers: output.workers, labels: model.labels, model: model.first.name),
            sinks: sinks,
            frames: frames)
        try watch(analysis, sinks, log)
        try frames.finish(log)
    }

    /// Makes the live sources.
    private func live(_ sources: [NamedSource], _ model: AnalysisModel) throws -> [LiveSource] {
        let traits = ModelTraits(model, groups: try detection.readGroups(labels: model.labels))
        let names = sources.map(\.name)
        return try zip(sources, options(of: names)).map { source, options in
            try source.check()
            return try options.live(
                name: source.name, address: source.address,
                credentials: try credentials.read(for: source.name, among: names), model: traits)
        }
    }

    /// Returns the options of each source.
    private func options(of sources: [String]) throws -> [SourceOptions] {
        try regions.check(sources: sources)
        try objects.check(sources: sources)
        try motion.check(sources: sources)
        try camera.check(sources: sources)
        return try sources.map { source in
            var options = SourceOptions()
            options.sampling = fps
            options.fit = fit
            options.detection = detection.settings
            options.regions = try regions.rules(for: source, detection.settings)
            options.objects = try objects.options(for: source)
            options.crops.budget = objects.crops
            options.motion = try motion.settings(of: source)
            options.camera = try camera.settings(of: source)
            reception.apply(to: &options)
            options.reception.tls = try tls.verification(for: source, among: sources)
            return options
        }
    }

    /// Runs until it is stopped, all sources are files that have ended, or events can no longer be written.
    private func watch(_ analysis: LiveAnalysis, _ sinks: LiveSinks, _ log: Logger) throws {
        let over = DispatchSemaphore(value: 0)
        let signals = StopSignals { analysis.stop() }
        defer { signals.restore() }
        let display = StatusDisplay(analysis, sinks, log)
        analysis.start { over.signal() }
        over.wait()
        display.stop()
        if let failure = sinks.failure { throw failure }
    }

    @Sendable private static func now() -> Timestamp { Timestamp(seconds: WallClock.now) }
}
