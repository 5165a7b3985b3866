/// Whether a source is there, and what there is to say about it.
///
/// A value without a clock. A source that is away for less than the grace time was never away: nothing is
/// said, and what was seen goes on.
package struct ConnectionState: Equatable, Sendable {
    /// What there is to say.
    package enum Announcement: Equatable, Sendable {
        /// It has been away since a time, for a reason.
        case lost(since: Double, reason: String)
        /// It is back, after so many seconds.
        case found(since: Double, after: Double)
    }

    private enum State: Equatable {
        case live
        case away(since: Double, reason: String?, isAnnounced: Bool)
        /// It is not watched any more.
        case over
    }

    private let grace: Double
    private var state: State

    /// - Parameters:
    ///   - grace: seconds for which a source may be away before anything is said.
    ///   - time: of the monotonic clock, when it was asked for frames first.
    package init(grace: Double, time: Double) {
        self.grace = grace
        state = .away(since: time, reason: nil, isAnnounced: false)
    }

    /// It gave no frame.
    package mutating func failed(_ reason: String, at time: Double) {
        switch state {
        case .live: state = .away(since: time, reason: reason, isAnnounced: false)
        // What went wrong first says more than what went wrong when it was tried again.
        case .away(let since, nil, let isAnnounced):
            state = .away(since: since, reason: reason, isAnnounced: isAnnounced)
        case .away, .over: break
        }
    }

    /// It gave a frame.
    package mutating func delivered(at time: Double) -> Announcement? {
        guard state != .over else { return nil }
        defer { state = .live }
        guard case .away(let since, _, isAnnounced: true) = state else { return nil }
        return .found(since: since, after: time - since)
    }

    /// It is not watched any more: there is nothing more to say, however long ago it gave its last frame.
    package mutating func end() { state = .over }

    /// What there is to say when time goes by and nothing happens. To be called when the grace time is over.
    package mutating func check(at time: Double) -> Announcement? {
        guard case .away(let since, let reason?, isAnnounced: false) = state, time - since >= grace else { return nil }
        state = .away(since: since, reason: reason, isAnnounced: true)
        return .lost(since: since, reason: reason)
    }

    /// The time at which there will be something to say, if nothing happens until then.
    package var deadline: Double? {
        guard case .away(let since, .some, isAnnounced: false) = state else { return nil }
        return since + grace
    }
}
