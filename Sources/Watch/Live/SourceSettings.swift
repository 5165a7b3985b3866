import Capture
import Events

/// How one live source is watched. All times are in seconds.
package struct SourceSettings: Sendable {
    /// Which frames are looked at.
    package var sampling: Sampling
    /// How they, or their regions, are brought into the network's shape.
    package var fit: Fit
    /// When a frame in which nothing moves is not looked at.
    package var motion: MotionSettings
    /// What of a frame is looked at; each region by itself. At least one.
    package var regions: [LiveRegion]
    /// For how long the source may be away before it is said to be lost.
    package var grace: Double
    /// For how long frames may repeat bit for bit before the source counts as frozen; 0 for ever.
    package var frozenAfter: Double
    /// How it is tried again before it has given a frame.
    package var firstConnect: BackOff.Policy
    /// How it is tried again after it has given a frame.
    package var reconnect: BackOff.Policy

    package init(
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

/// A part of a source's frames, and what is looked for in it.
package struct LiveRegion: Equatable, Sendable {
    package var region: Region
    /// What is looked for.
    package var targets: [LabelTarget]

    package init(_ region: Region, targets: [LabelTarget]) {
        self.region = region
        self.targets = targets
    }
}
