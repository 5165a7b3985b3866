import Capture
import Events

/// Everything that can be said of how a source is watched, before a model is known. The command line and the
/// configuration both come to this. All times are in seconds.
package struct SourceOptions: Equatable, Sendable {
    /// Which frames are looked at.
    package var sampling = Sampling.rate(2)
    /// How they are brought into the network's shape.
    package var fit = Fit.squash
    /// What is looked for.
    package var detection = DetectionSettings()
    /// When a frame in which nothing moves is not looked at.
    package var motion = MotionSettings()
    /// What of a frame is looked at; all of it if there are none.
    package var regions: [RegionRule] = []
    /// How streams are received. What it says of the choice of a video does not count; see ``videoStream``.
    package var reception = StreamOptions()
    /// Which video of a stream that has several, from 0; `nil` for the smallest that covers the network's input.
    package var videoStream: Int?
    /// For how long the source may be away before it is said to be lost.
    package var grace = 3.0
    /// For how long its frames may repeat bit for bit before the source counts as frozen; 0 for ever.
    package var frozenAfter = 60.0
    /// When it is tried again.
    package var retry = Retry()
    /// What a camera is set to.
    package var camera = Camera()

    /// When a source that failed is tried again.
    package struct Retry: Equatable, Sendable {
        /// The first wait.
        package var first = BackOff.Policy.reconnect.first
        /// The longest, of a source that was there before.
        package var longest = BackOff.Policy.reconnect.longest
        /// The longest, of a source that was never there.
        package var longestFirstConnect = BackOff.Policy.firstConnect.longest

        package init() {}

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
    package struct Camera: Equatable, Sendable {
        package var format: FourCC?
        package var size: PixelSize?
        /// Frames in a second.
        package var rate: Double?
        /// In the order in which they are set.
        package var controls: [CameraControls.Setting] = []

        package init() {}
    }

    package init() {}

    /// What has moved out of the frame has to be seen to be gone, so frames are looked at for longer than
    /// that after the last motion.
    private func motion(for regions: [LiveRegion]) -> MotionSettings {
        var motion = motion
        let gone = regions.flatMap(\.targets).map(\.thresholds.clearDelay).max() ?? 0
        motion.hold = max(motion.hold, gone + 1)
        return motion
    }

    /// How the source is watched with a model.
    ///
    /// - Parameters:
    ///   - labels: the names of the network's classes.
    ///   - groups: labels that count as one, by the name of the group.
    /// - Throws: ``SubjectError``.
    package func settings(labels: [String], groups: [String: [String]]) throws(LabelTargetError) -> SourceSettings {
        var live: [LiveRegion] = []
        for rule in regions {
            let targets = try rule.rules(from: detection).targets(for: labels, groups: groups)
            live += rule.regions.map { LiveRegion($0, targets: targets) }
        }
        if live.isEmpty { live = [LiveRegion(.full, targets: try detection.targets(for: labels, groups: groups))] }
        return SourceSettings(
            sampling: sampling, fit: fit, motion: motion(for: live), regions: live, grace: grace,
            frozenAfter: frozenAfter, firstConnect: retry.firstConnect, reconnect: retry.reconnect)
    }

    /// Makes what gives a source's frames, anew for each connection.
    ///
    /// - Parameters:
    ///   - address: where it is.
    ///   - credentials: for an address that has none of its own.
    ///   - input: the size of the frames that the network looks at.
    package func connector(
        to address: SourceAddress, credentials: Credentials?, input: PixelSize
    ) -> @Sendable (CancellationToken) -> any Source {
        let sampling = sampling
        switch address {
        case .file(let path, let loops):
            let reception = reception
            return { interruption in
                PacedFileSource(
                    path: path, loops: loops, sampling: sampling, decoderThreads: 1,
                    openLimit: reception.connectTimeout,
                    timeout: reception.readTimeout, interruption: interruption)
            }
        case .stream(let url):
            let known = url.known(by: credentials)
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
    ///   - model: the network that looks at its frames.
    /// - Throws: ``SubjectError``.
    package func live(
        name: String, address: SourceAddress, credentials: Credentials?, model: ModelTraits
    ) throws(LabelTargetError) -> LiveSource {
        LiveSource(
            name: name, settings: try settings(labels: model.labels, groups: model.groups),
            login: address.login(credentials),
            make: connector(to: address, credentials: credentials, input: model.input))
    }
}

extension StreamURL {
    /// The address with credentials, if it has none of its own.
    fileprivate func known(by credentials: Credentials?) -> StreamURL {
        hasCredentials ? self : credentials.map(with) ?? self
    }
}

extension SourceAddress {
    /// Who logs in where, if it is a stream that asks for a login.
    fileprivate func login(_ credentials: Credentials?) -> StreamLogin? {
        guard case .stream(let url) = self else { return nil }
        return url.known(by: credentials).login
    }
}

/// What has to be known of a network to watch a source.
package struct ModelTraits: Equatable, Sendable {
    /// The names of its classes.
    package var labels: [String]
    /// Labels that count as one, by the name of the group.
    package var groups: [String: [String]]
    /// The size of the frames that it looks at.
    package var input: PixelSize

    package init(labels: [String], groups: [String: [String]], input: PixelSize) {
        self.labels = labels
        self.groups = groups
        self.input = input
    }
}
