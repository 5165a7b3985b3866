import Capture
import Events

/// How one live source is watched. All times are in seconds.
public struct SourceSettings: Sendable {
    /// Which pictures are looked at.
    public var sampling: Sampling
    /// How they, or their regions, are brought into the network's shape.
    public var fit: Fit
    /// When a picture in which nothing moves is not looked at.
    public var motion: MotionSettings
    /// What of a picture is looked at; each region by itself. At least one.
    public var regions: [LiveRegion]
    /// For how long the source may be away before it is said to be lost.
    public var grace: Double
    /// For how long frames may repeat bit for bit before the source counts as frozen; 0 for ever.
    public var frozenAfter: Double
    /// How it is tried again before it has given a picture.
    public var firstConnect: BackOff.Policy
    /// How it is tried again after it has given a picture.
    public var reconnect: BackOff.Policy

    public init(
        sampling: Sampling, fit: Fit, motion: MotionSettings, regions: [LiveRegion], grace: Double = 3,
        frozenAfter: Double = 60, firstConnect: BackOff.Policy = .firstConnect,
        reconnect: BackOff.Policy = .reconnect
    ) {
        precondition(!regions.isEmpty, "there is nothing to look at")
        self.sampling = sampling
        self.fit = fit
        self.motion = motion
        self.regions = regions
        self.grace = grace
        self.frozenAfter = frozenAfter
        self.firstConnect = firstConnect
        self.reconnect = reconnect
    }
}

/// A part of a source's pictures, and what is looked for in it.
public struct LiveRegion: Equatable, Sendable {
    public var region: Region
    /// What is looked for.
    public var subjects: [Subject]

    public init(_ region: Region, subjects: [Subject]) {
        self.region = region
        self.subjects = subjects
    }
}
