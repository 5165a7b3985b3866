/// Composes the event records of one source.
///
/// The two records of an outage have one id, and so have the two records of a freeze. The id is computed once, for the
/// first record, and kept for the second: the wall clock may have been set meanwhile.
///
/// A value without a clock.
package struct SourceEventComposer: Sendable {
    /// The same instant by two clocks, in seconds.
    package struct Instant: Equatable, Sendable {
        /// Of the monotonic clock.
        package var monotonic: Double
        /// Of the wall clock, since 1970.
        package var wall: Double

        package init(monotonic: Double, wall: Double) {
            self.monotonic = monotonic
            self.wall = wall
        }

        /// The wall clock's time at another time of the monotonic clock.
        func timestamp(at time: Double) -> Timestamp { Timestamp(seconds: wall + (time - monotonic)) }
    }

    /// A condition of a source that begins with one record and ends with another.
    private enum Condition: String {
        // The word is a part of the id.
        case lost = "source"
        case frozen
    }

    private let source: String
    private var ids: [Condition: EventID] = [:]

    /// - Parameter source: the name of the source in event records.
    package init(source: String) { self.source = source }

    /// Composes `source_lost`.
    ///
    /// - Parameters:
    ///   - since: when the outage began, by the monotonic clock.
    ///   - now: the present.
    package mutating func lost(since: Double, reason: String, now: Instant) -> SourceEvent {
        event(.lost(reason: reason), begin(.lost, since, now), at: since, now)
    }

    /// Composes `source_found`, with the id of the `source_lost` before it.
    ///
    /// - Parameters:
    ///   - since: when the outage began, by the monotonic clock.
    ///   - seconds: the length of the outage.
    ///   - now: the present.
    package mutating func found(since: Double, after seconds: Double, now: Instant) -> SourceEvent {
        event(.found(after: seconds), end(.lost, since, now), at: since + seconds, now)
    }

    /// Composes `source_frozen`.
    ///
    /// - Parameters:
    ///   - since: when the first of the equal frames came, by the monotonic clock.
    ///   - now: the present.
    package mutating func frozen(since: Double, now: Instant) -> SourceEvent {
        event(.frozen, begin(.frozen, since, now), at: since, now)
    }

    /// Composes `source_thawed`, with the id of the `source_frozen` before it.
    ///
    /// - Parameters:
    ///   - since: when the first of the equal frames came, by the monotonic clock.
    ///   - seconds: how long after it a different frame came.
    ///   - now: the present.
    package mutating func thawed(since: Double, after seconds: Double, now: Instant) -> SourceEvent {
        event(.thawed(after: seconds), end(.frozen, since, now), at: since + seconds, now)
    }

    /// Composes `clock_step`, which has an id of its own.
    package func clockStep(seconds: Double, cause: SourceEvent.ClockStepCause, now: Instant) -> SourceEvent {
        clockStep(seconds: seconds, cause: cause, at: now.timestamp(at: now.monotonic))
    }

    /// Composes `clock_step`.
    ///
    /// - Parameter time: by the wall clock, or by the recording's.
    package func clockStep(seconds: Double, cause: SourceEvent.ClockStepCause, at time: Timestamp) -> SourceEvent {
        SourceEvent(
            kind: .clockStep(seconds: seconds, cause: cause),
            id: EventID(time: time, parts: [source, "clock", cause.rawValue]), time: time, source: source)
    }

    private mutating func begin(_ condition: Condition, _ since: Double, _ now: Instant) -> EventID {
        let id = EventID(time: now.timestamp(at: since), parts: [source, condition.rawValue])
        ids[condition] = id
        return id
    }

    private mutating func end(_ condition: Condition, _ since: Double, _ now: Instant) -> EventID {
        ids.removeValue(forKey: condition)
            ?? EventID(time: now.timestamp(at: since), parts: [source, condition.rawValue])
    }

    private func event(_ kind: SourceEvent.Kind, _ id: EventID, at time: Double, _ now: Instant) -> SourceEvent {
        SourceEvent(kind: kind, id: id, time: now.timestamp(at: time), source: source)
    }
}
