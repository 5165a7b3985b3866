import Capture
import Events

/// Live source to be watched.
package struct LiveSource: Sendable {
    /// Name of the source in events.
    package var name: String
    /// Sampling, regions and retry policies of the source.
    package var settings: SourceSettings
    /// Makes the capture source; called once for each connection.
    package var make: @Sendable (CancellationToken) -> any Source

    /// Who logs in where, if it is a stream that asks for a login.
    package var login: StreamLogin?

    package init(
        name: String, settings: SourceSettings, login: StreamLogin? = nil,
        make: @escaping @Sendable (CancellationToken) -> any Source
    ) {
        self.name = name
        self.settings = settings
        self.login = login
        self.make = make
    }
}

/// Settings of one live source. All times are in seconds.
package struct SourceSettings: Sendable {
    /// Frames to sample.
    package var sampling: Sampling
    /// Geometry by which a region is scaled to the network's input.
    package var fit: Fit
    /// Crops of each frame, for a detector.
    package var crops: CropSettings
    /// Motion gate: frames without motion are not sampled.
    package var motion: MotionSettings
    /// Regions to classify, each by itself; at least one.
    package var regions: [LiveRegion]
    /// Time without a frame after which the source is reported as lost.
    package var grace: Double
    /// Time of bit-identical frames after which the source is reported as frozen; 0 for never.
    package var frozenAfter: Double
    /// Retry policy before the first frame.
    package var firstConnect: BackOff.Policy
    /// Retry policy after the first frame.
    package var reconnect: BackOff.Policy

    package init(
        sampling: Sampling, fit: Fit, crops: CropSettings = CropSettings(), motion: MotionSettings,
        regions: [LiveRegion], grace: Double = 3, frozenAfter: Double = 60,
        firstConnect: BackOff.Policy = .firstConnect, reconnect: BackOff.Policy = .reconnect
    ) {
        precondition(!regions.isEmpty, "a source needs at least one region")
        self.sampling = sampling
        self.fit = fit
        self.crops = crops
        self.motion = motion
        self.regions = regions
        self.grace = grace
        self.frozenAfter = frozenAfter
        self.firstConnect = firstConnect
        self.reconnect = reconnect
    }
}

/// Region of a source's frames with the rules of its events.
package struct LiveRegion: Equatable, Sendable {
    package var region: Region
    package var rules: RegionRules

    package init(_ region: Region, rules: RegionRules) {
        self.region = region
        self.rules = rules
    }
}

/// Settings that all sources of an analysis share.
package struct LiveSettings: Sendable {
    /// Number of inference workers for all sources together.
    package var workers: Int
    /// Names of the network's classes.
    package var labels: [String]
    /// The network's name.
    package var model: String
    /// Whether the analysis ends when all sources have ended. A service waits for sources that are added later.
    package var endsWithSources: Bool

    package init(workers: Int, labels: [String], model: String, endsWithSources: Bool = true) {
        self.workers = workers
        self.labels = labels
        self.model = model
        self.endsWithSources = endsWithSources
    }
}
