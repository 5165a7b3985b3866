/// When a sample was taken, by three clocks.
public struct Moment: Equatable, Sendable {
    /// Seconds by the clock that decisions are made by. For a recording these are its time stamps; for a
    /// camera it is a clock that nobody sets.
    public var steady: Double
    /// Seconds by the time stamps of the source.
    public var media: Double
    /// What a calendar and a clock on the wall said.
    public var calendar: Timestamp

    public init(steady: Double, media: Double, calendar: Timestamp) {
        self.steady = steady
        self.media = media
        self.calendar = calendar
    }

    /// - Parameters:
    ///   - media: the time stamp in a recording, which is what decisions are made by.
    ///   - epoch: when the recording's time stamps were 0.
    public init(media: Double, epoch: Timestamp) {
        self.init(steady: media, media: media, calendar: epoch.advanced(by: media))
    }
}
