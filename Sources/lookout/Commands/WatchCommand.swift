import ArgumentParser
import Basics
import Capture
import Dispatch
import Events
import Glibc
import Logging
import MobileNet
import Watch

/// `lookout watch`: live sources in, events out, until it is stopped.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch cameras and streams, and write down what is seen, until stopped.",
        discussion: """
            A source is an address, with a name in front of it if you like: \
            door=rtsp://camera.local/stream. It is a camera of this machine (/dev/video0; `lookout cameras` \
            lists them); a stream, by rtsp, http, rtmp, srt, tcp or udp; or a file, which is played as if it \
            were a camera, again and again with ?loop behind it. A source that cannot be reached is tried \
            again for ever.
            """)

    @OptionGroup var modelOption: ModelOption

    @Option(
        parsing: .unconditional,
        help: "Frames to look at in a second, up to 1000; or `all`, or `key` (key frames only).")
    var fps = Sampling.rate(2)

    @Option(help: "How a frame is brought into the network's shape: stretched, its middle, or with bars.")
    var fit = Fit.squash

    @OptionGroup(title: "What counts as seen") var detection: DetectionOptions

    @OptionGroup(title: "How streams are received") var reception: ReceptionOptions

    @OptionGroup(title: "Whom they may come from") var tls: TLSOptions

    @OptionGroup(title: "Who asks for them") var credentials: CredentialOptions

    @OptionGroup(title: "What cameras are set to") var camera: CameraOptions

    @OptionGroup(title: "When frames are looked at") var motion: MotionOptions

    @OptionGroup(title: "What of them is looked at") var regions: RegionOptions

    @OptionGroup var output: OutputOptions

    @Argument(help: "Sources: [NAME=]ADDRESS.", completion: .file())
    var sources: [String]

    func validate() throws {
        try output.check()
        try detection.check()
        try reception.check()
        try tls.check()
    }

    func run() throws {
        let log = output.log
        let sources = try NamedSource.parse(self.sources)
        for source in sources where source.hasSecretAddress {
            log.warning(
                "\(source.name): everybody on this machine can read this address, with what is secret in it, in the list of processes; put user:password into a file and name it with --credentials, or the address into a configuration of `lookout run`"
            )
        }
        let model = try modelOption.load()
        try model.checkMemory(workers: output.workers)
        log.info("model \(model.name), \(model.plan.instructionSet.rawValue) kernels")
        let live = try live(sources, model)
        let outputs = try output.open(
            inputs: sources.compactMap(\.path) + [model.path] + detection.files + credentials.files)
        outputs.endTornLines()
        let sinks = LiveSinks(
            events: [LiveLineSink(outputs.events, now: Self.now)],
            samples: outputs.samples.map { LiveLineSink($0, now: Self.now) })
        let analysis = LiveAnalysis(
            plan: model.plan, sources: live,
            settings: LiveSettings(workers: output.workers, labels: model.labels, model: model.name), sinks: sinks)
        try watch(analysis, sinks, log)
    }

    /// The sources, ready to be watched.
    private func live(_ sources: [NamedSource], _ model: LoadedModel) throws -> [LiveSource] {
        let traits = ModelTraits(
            labels: model.labels, groups: try detection.readGroups(labels: model.labels),
            input: PixelSize(width: model.plan.inputShape.width, height: model.plan.inputShape.height))
        let names = sources.map(\.name)
        return try zip(sources, options(of: names)).map { source, options in
            try source.check()
            return try options.live(
                name: source.name, address: source.address,
                credentials: try credentials.read(for: source.name, among: names), model: traits)
        }
    }

    /// How each source is watched.
    private func options(of sources: [String]) throws -> [SourceOptions] {
        try regions.check(sources: sources)
        try motion.check(sources: sources)
        try camera.check(sources: sources)
        return try sources.map { source in
            var options = SourceOptions()
            options.sampling = fps
            options.fit = fit
            options.detection = detection.rules
            options.regions = try regions.rules(for: source, detection.rules)
            options.motion = try motion.settings(of: source)
            options.camera = try camera.settings(of: source)
            reception.apply(to: &options)
            options.reception.tls = try tls.verification(for: source, among: sources)
            return options
        }
    }

    /// Runs until somebody stops it, all sources are recordings that are over, or events can no longer be written.
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
