import Capture
import Events
import MobileNet

/// Options of a live source, as configured, before a model is known. Both the command line and the configuration file
/// are read into it. All times are in seconds.
package struct SourceOptions: Equatable, Sendable {
    /// Frames to sample.
    package var sampling = Sampling.rate(2)
    /// Geometry by which they are scaled to the network's input.
    package var fit = Fit.squash
    /// Target labels and thresholds.
    package var detection = DetectionSettings()
    /// Zones, lines and masks, for a detector.
    package var objects = ObjectOptions()
    /// Crops of each frame at full resolution, which follow motion and objects, for a detector.
    package var crops = CropSettings(budget: 2)
    /// Motion gate: frames without motion are not sampled.
    package var motion = MotionSettings()
    /// Regions to classify; the whole frame if there are none.
    package var regions: [RegionRule] = []
    /// Transport and time-outs of streams. Its choice of a video is ignored; see ``videoStream``.
    package var reception = StreamOptions()
    /// Index of the video in a stream that has several, from 0; `nil` for the smallest that covers the network's input.
    package var videoStream: Int?
    /// Time without a frame after which the source is reported as lost.
    package var grace = 3.0
    /// Time of bit-identical frames after which the source is reported as frozen; 0 for never.
    package var frozenAfter = 60.0
    /// Waits between attempts to connect.
    package var retry = Retry()
    /// Settings of a camera of this machine.
    package var camera = Camera()

    /// Waits between attempts to connect.
    package struct Retry: Equatable, Sendable {
        /// First wait.
        package var first = BackOff.Policy.reconnect.first
        /// Longest wait after the first frame.
        package var longest = BackOff.Policy.reconnect.longest
        /// Longest wait before the first frame.
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

    /// Settings of a camera of this machine. `nil` lets Lookout choose.
    package struct Camera: Equatable, Sendable {
        package var format: FourCC?
        package var size: PixelSize?
        /// Frames per second.
        package var rate: Double?
        /// Controls, in the order in which they are set.
        package var controls: [CameraControls.Setting] = []

        package init() {}
    }

    package init() {}

    /// Returns the motion settings with a hold time beyond every clear delay: an object that has left the frame has to
    /// be seen missing for that long.
    private func motion(for regions: [LiveRegion]) -> MotionSettings {
        var motion = motion
        let clearDelay = regions.map(\.rules.clearDelay).max() ?? 0
        motion.hold = max(motion.hold, clearDelay + 1)
        return motion
    }

    /// Resolves the options for a model.
    ///
    /// - Throws: ``LabelTargetError``.
    package func settings(for model: ModelTraits) throws(LabelTargetError) -> SourceSettings {
        let live = try liveRegions(for: model)
        return SourceSettings(
            sampling: sampling, fit: fit, crops: model.task == .detection ? crops : CropSettings(),
            motion: motion(for: live), regions: live, grace: grace, frozenAfter: frozenAfter,
            firstConnect: retry.firstConnect, reconnect: retry.reconnect)
    }

    /// Resolves the regions. A detector has the whole frame: it finds places by itself, and zones divide the frame.
    private func liveRegions(for model: ModelTraits) throws(LabelTargetError) -> [LiveRegion] {
        guard model.task == .classification else {
            guard regions.isEmpty else { throw .regionsNeedClassifier }
            return [LiveRegion(.full, rules: .objects(try objects.settings(detection, for: model)))]
        }
        guard objects.isEmpty else { throw .objectsNeedDetector }
        var live: [LiveRegion] = []
        for rule in regions {
            let targets = try rule.rules(from: detection).targets(for: model.labels, groups: model.groups)
            live += rule.regions.map { LiveRegion($0, rules: .labels(targets)) }
        }
        guard live.isEmpty else { return live }
        return [LiveRegion(.full, rules: .labels(try detection.targets(for: model.labels, groups: model.groups)))]
    }

    /// Returns a function that makes the capture source, to be called once for each connection.
    ///
    /// - Parameters:
    ///   - address: of the source.
    ///   - credentials: for a stream whose address has none.
    ///   - input: size of the network's input.
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

    /// Makes a live source.
    ///
    /// - Parameters:
    ///   - name: of the source in events.
    ///   - address: of the source.
    ///   - credentials: for a stream whose address has none.
    ///   - model: traits of the network.
    /// - Throws: ``LabelTargetError``.
    package func live(
        name: String, address: SourceAddress, credentials: Credentials?, model: ModelTraits
    ) throws(LabelTargetError) -> LiveSource {
        LiveSource(
            name: name, settings: try settings(for: model),
            login: address.login(credentials),
            make: connector(to: address, credentials: credentials, input: model.input))
    }
}

extension StreamURL {
    /// Returns the URL with credentials, unless it has some.
    fileprivate func known(by credentials: Credentials?) -> StreamURL {
        hasCredentials ? self : credentials.map(with) ?? self
    }
}

extension SourceAddress {
    /// Login of a stream with credentials.
    fileprivate func login(_ credentials: Credentials?) -> StreamLogin? {
        guard case .stream(let url) = self else { return nil }
        return url.known(by: credentials).login
    }
}

/// Region, or grid of tiles, with its own overrides of the detection settings.
package struct RegionRule: Equatable, Sendable {
    package var area: RegionArea
    /// Overrides of thresholds.
    package var changes: DetectionSettings.Changes
    /// Target labels and groups; `nil` keeps those of the source.
    package var labels: [String]?
    /// Labels and groups to ignore; `nil` keeps those of the source.
    package var ignore: [String]?

    package init(
        _ area: RegionArea, changes: DetectionSettings.Changes = .init(), labels: [String]? = nil,
        ignore: [String]? = nil
    ) {
        self.area = area
        self.changes = changes
        self.labels = labels
        self.ignore = ignore
    }

    /// Regions of the area.
    package var regions: [Region] { area.regions }

    /// Returns the detection settings of the area.
    ///
    /// - Parameter settings: of the source.
    package func rules(from settings: DetectionSettings) -> DetectionSettings {
        var own = settings.applying(changes)
        own.labels = labels ?? settings.labels
        own.ignore = ignore ?? settings.ignore
        return own
    }
}

/// Traits of a network that a live source depends on.
package struct ModelTraits: Equatable, Sendable {
    /// What the network finds: labels or objects.
    package var task: ModelTask
    /// Names of the classes.
    package var labels: [String]
    /// Labels of each group, by its name.
    package var groups: [String: [String]]
    /// Size of the input.
    package var input: PixelSize
    /// Rules of the second stage of a detector; `nil` without one.
    package var classification: ClassificationRules?

    package init(
        task: ModelTask, labels: [String], groups: [String: [String]], input: PixelSize,
        classification: ClassificationRules? = nil
    ) {
        self.task = task
        self.classification = classification
        self.labels = labels
        self.groups = groups
        self.input = input
    }
}

extension ModelTraits {
    /// Traits of a model that is ready to run.
    ///
    /// - Parameter groups: labels of each group, by its name.
    package init(_ model: AnalysisModel, groups: [String: [String]]) {
        let input = model.plans.first.inputShape
        self.init(
            task: model.first.task, labels: model.labels, groups: groups,
            input: PixelSize(width: input.width, height: input.height), classification: model.classification)
    }
}
