/// When a sample was taken, by three clocks.
package struct SampleTime: Equatable, Sendable {
    /// Seconds by the clock that decisions are made by. For a recording these are its time stamps; for a
    /// camera it is a clock that nobody sets.
    package var monotonic: Double
    /// Seconds by the time stamps of the source.
    package var media: Double
    /// What a calendar and a clock on the wall said.
    package var wallClock: Timestamp

    package init(monotonic: Double, media: Double, wallClock: Timestamp) {
        self.monotonic = monotonic
        self.media = media
        self.wallClock = wallClock
    }

    /// - Parameters:
    ///   - media: the time stamp in a recording, which is what decisions are made by.
    ///   - epoch: when the recording's time stamps were 0.
    package init(media: Double, epoch: Timestamp) {
        self.init(monotonic: media, media: media, wallClock: epoch.advanced(by: media))
    }
}
