/// Tells a source whose frames repeat bit for bit: a real camera's never do for long, because its sensor has noise.
///
/// A value without a clock; times are in seconds, by the monotonic clock.
struct FreezeDetector: Equatable, Sendable {
    /// A change that has to be told.
    enum Announcement: Equatable, Sendable {
        /// Frames have been equal since a time.
        case frozen(since: Double)
        /// A different frame came, so many seconds after the first of the equal ones.
        case thawed(since: Double, after: Double)
    }

    /// Frames that are equal.
    private struct Run: Equatable {
        var hash: UInt64
        /// When the first of them came.
        var since: Double
        var isAnnounced = false
    }

    private let limit: Double
    private var run: Run?

    /// - Parameter limit: for how long frames may be equal; 0 for ever.
    init(limit: Double) { self.limit = limit }

    /// Whether frames have to be compared at all.
    var isEnabled: Bool { limit > 0 }

    /// Compares a frame with the one before.
    ///
    /// - Parameter hash: of all that the frame shows.
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

    /// Begins anew with a new connection, unless the source is frozen: nothing is known of the time between. A frozen
    /// source stays frozen until a different frame comes.
    mutating func reconnect() {
        if run?.isAnnounced == false { run = nil }
    }
}
