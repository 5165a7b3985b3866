import Capture
import Events

/// Everything that can be said of how a source is watched, before a model is known. The command line and the
/// configuration both come to this. All times are in seconds.
public struct SourceOptions: Equatable, Sendable {
    /// Which pictures are looked at.
    public var sampling = Sampling.rate(2)
    /// How they are brought into the network's shape.
    public var fit = Fit.squash
    /// What is looked for.
    public var sighting = SightingRules()
    /// When a picture in which nothing moves is not looked at.
    public var motion = MotionSettings()
    /// What of a picture is looked at; all of it if there are none.
    public var regions: [RegionRule] = []
    /// How streams are received. What it says of the choice of a video does not count; see ``videoStream``.
    public var reception = StreamOptions()
    /// Which video of a stream that has several, from 0; `nil` for the smallest that covers the network's input.
    public var videoStream: Int?
    /// For how long the source may be away before it is said to be lost.
    public var grace = 3.0
    /// For how long its frames may repeat bit for bit before the source counts as frozen; 0 for ever.
    public var frozenAfter = 60.0
    /// When it is tried again.
    public var retry = Retry()
    /// What a camera is set to.
    public var camera = Camera()

    /// When a source that failed is tried again.
    public struct Retry: Equatable, Sendable {
        /// The first wait.
        public var first = BackOff.Policy.reconnect.first
        /// The longest, of a source that was there before.
        public var longest = BackOff.Policy.reconnect.longest
        /// The longest, of a source that was never there.
        public var longestFirstConnect = BackOff.Policy.firstConnect.longest

        public init() {}

        var reconnect: BackOff.Policy { policy(.reconnect, longest: longest) }
        var firstConnect: BackOff.Policy { policy(.firstConnect, longest: longestFirstConnect) }

        private func policy(_ usual: BackOff.Policy, longest: Double) -> BackOff.Policy {
            var policy = usual
            policy.first = first
            policy.longest = max(first, longest)
            return policy
        }
    }

    /// What a camera of this machine is set to. What is `nil` is chosen.
    public struct Camera: Equatable, Sendable {
        public var format: FourCC?
        public var size: PixelSize?
        /// Pictures in a second.
        public var rate: Double?
        /// In the order in which they are set.
        public var controls: [CameraControls.Setting] = []

        public init() {}
    }

    public init() {}

    /// What has moved out of the picture has to be seen to be gone, so pictures are looked at for longer than
    /// that after the last motion.
    private func motion(for regions: [LiveRegion]) -> MotionSettings {
        var motion = motion
        let gone = regions.flatMap(\.subjects).map(\.thresholds.gone).max() ?? 0
        motion.hold = max(motion.hold, gone + 1)
        return motion
    }

    /// How the source is watched with a model.
    ///
    /// - Parameters:
    ///   - labels: the names of the network's classes.
    ///   - groups: labels that count as one, by the name of the group.
    /// - Throws: ``SubjectError``.
    public func settings(labels: [String], groups: [String: [String]]) throws(SubjectError) -> SourceSettings {
        var live: [LiveRegion] = []
        for rule in regions {
            let subjects = try rule.rules(from: sighting).subjects(for: labels, groups: groups)
            live += rule.regions.map { LiveRegion($0, subjects: subjects) }
        }
        if live.isEmpty { live = [LiveRegion(.full, subjects: try sighting.subjects(for: labels, groups: groups))] }
        return SourceSettings(
            sampling: sampling, fit: fit, motion: motion(for: live), regions: live, grace: grace,
            frozenAfter: frozenAfter, firstConnect: retry.firstConnect, reconnect: retry.reconnect)
    }

    /// Makes what gives a source's pictures, anew for each connection.
    ///
    /// - Parameters:
    ///   - address: where it is.
    ///   - credentials: for an address that has none of its own.
    ///   - input: the size of the pictures that the network looks at.
    public func connector(
        to address: SourceAddress, credentials: Credentials?, input: PixelSize
    ) -> @Sendable (Interruption) -> any Source {
        let sampling = sampling
        switch address {
        case .file(let path, let loops):
            let reception = reception
            return { interruption in
                PacedFileSource(
                    path: path, loops: loops, sampling: sampling, decoderThreads: 1, openLimit: reception.connectTimeout,
                    patience: reception.readTimeout, interruption: interruption)
            }
        case .stream(let url):
            let known = url.hasCredentials ? url : credentials.map(url.with) ?? url
            let options = reception(for: input)
            return { interruption in
                StreamSource(url: known, sampling: sampling, options: options, interruption: interruption)
            }
        case .camera(let path):
            let settings = camera(path, input)
            return { interruption in V4L2Source(settings, interruption: interruption) }
        }
    }

    private func reception(for input: PixelSize) -> StreamOptions {
        var options = reception
        options.selection = videoStream.map(VideoSelection.number) ?? .smallest(covering: input)
        return options
    }

    private func camera(_ path: String, _ input: PixelSize) -> V4L2Source.Settings {
        let request = V4L2Request(
            format: camera.format, size: camera.size, rate: camera.rate, input: input, samplingRate: sampling.rate)
        return V4L2Source.Settings(
            path: path, request: request, controls: camera.controls, timeout: reception.readTimeout)
    }

    /// The source, ready to be watched.
    ///
    /// - Parameters:
    ///   - name: what events call it.
    ///   - address: where it is.
    ///   - credentials: for an address that has none of its own.
    ///   - model: the network that looks at its pictures.
    /// - Throws: ``SubjectError``.
    public func live(
        name: String, address: SourceAddress, credentials: Credentials?, model: ModelTraits
    ) throws(SubjectError) -> LiveSource {
        LiveSource(
            name: name, settings: try settings(labels: model.labels, groups: model.groups),
            make: connector(to: address, credentials: credentials, input: model.input))
    }
}

/// What has to be known of a network to watch a source.
public struct ModelTraits: Equatable, Sendable {
    /// The names of its classes.
    public var labels: [String]
    /// Labels that count as one, by the name of the group.
    public var groups: [String: [String]]
    /// The size of the pictures that it looks at.
    public var input: PixelSize

    public init(labels: [String], groups: [String: [String]], input: PixelSize) {
        self.labels = labels
        self.groups = groups
        self.input = input
    }
}
