import Events

/// A frame of a region that is looked at.
struct LiveSample: Sendable {
    /// The region's place among those of its source.
    var region: Int
    /// The frame's place among those of its region, from 0; each once.
    var number: Int
    /// When it was taken.
    var time: SampleTime
    /// When it came, by the monotonic clock.
    var received: Double
}
