/// Connection state of a source, which decides when the source is reported as lost or found.
///
/// A source that is away for less than the grace time is not reported, and its open events go on. A value without a
/// clock; times are in seconds, by the monotonic clock.
package struct ConnectionState: Equatable, Sendable {
    /// Change to report.
    package enum Announcement: Equatable, Sendable {
        /// The source has been away since a time.
        case lost(since: Double, reason: String)
        /// The source is back, after a number of seconds.
        case found(since: Double, after: Double)
    }

    private enum State: Equatable {
        case live
        case away(since: Double, reason: String?, isAnnounced: Bool)
        /// The source was removed.
        case over
    }

    private let grace: Double
    private var state: State

    /// - Parameters:
    ///   - grace: seconds for which a source may be away without being reported.
    ///   - time: of the first attempt.
    package init(grace: Double, time: Double) {
        self.grace = grace
        state = .away(since: time, reason: nil, isAnnounced: false)
    }

    /// Takes note of a failed attempt or connection.
    package mutating func failed(_ reason: String, at time: Double) {
        switch state {
        case .live: state = .away(since: time, reason: reason, isAnnounced: false)
        // The first reason tells more than those of later attempts.
        case .away(let since, nil, let isAnnounced):
            state = .away(since: since, reason: reason, isAnnounced: isAnnounced)
        case .away, .over: break
        }
    }

    /// Takes note of a frame.
    package mutating func delivered(at time: Double) -> Announcement? {
        guard state != .over else { return nil }
        defer { state = .live }
        guard case .away(let since, _, isAnnounced: true) = state else { return nil }
        return .found(since: since, after: time - since)
    }

    /// Ends all reports, because the source was removed.
    package mutating func end() { state = .over }

    /// Returns the report that is due. To be called at the ``deadline``.
    package mutating func check(at time: Double) -> Announcement? {
        guard case .away(let since, let reason?, isAnnounced: false) = state, time - since >= grace else { return nil }
        state = .away(since: since, reason: reason, isAnnounced: true)
        return .lost(since: since, reason: reason)
    }

    /// Time at which the next report is due if nothing happens until then.
    package var deadline: Double? {
        guard case .away(let since, .some, isAnnounced: false) = state else { return nil }
        return since + grace
    }
}
