/// Detects a source whose frames are bit-identical: a real camera's never are for long, because its sensor has noise.
///
/// A value without a clock; times are in seconds, by the monotonic clock.
struct FreezeDetector: Equatable, Sendable {
    /// Change to report.
    enum Announcement: Equatable, Sendable {
        /// Frames have been identical since a time.
        case frozen(since: Double)
        /// A different frame came, a number of seconds after the first of the identical ones.
        case thawed(since: Double, after: Double)
    }

    /// Run of identical frames.
    private struct Run: Equatable {
        var hash: UInt64
        /// Arrival of the first.
        var since: Double
        var isAnnounced = false
    }

    private let limit: Double
    private var run: Run?

    /// - Parameter limit: seconds for which frames may be identical; 0 disables the detector.
    init(limit: Double) { self.limit = limit }

    /// Whether frames are to be compared.
    var isEnabled: Bool { limit > 0 }

    /// Compares a frame with the one before.
    ///
    /// - Parameter hash: of all pixels of the frame.
    mutating func observe(_ hash: UInt64, at time: Double) -> Announcement? {
        guard let run, run.hash == hash else { return begin(hash, at: time) }
        guard isEnabled, !run.isAnnounced, time - run.since >= limit else { return nil }
        self.run?.isAnnounced = true
        return .frozen(since: run.since)
    }

    private mutating func begin(_ hash: UInt64, at time: Double) -> Announcement? {
        defer { run = Run(hash: hash, since: time) }
        guard let run, run.isAnnounced else { return nil }
        return .thawed(since: run.since, after: time - run.since)
    }

    /// Starts over with a new connection, because nothing is known of the time between. A frozen source stays frozen
    /// until a different frame comes.
    mutating func reconnect() {
        if run?.isAnnounced == false { run = nil }
    }
}
