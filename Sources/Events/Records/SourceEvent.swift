/// Event about a source itself.
package struct SourceEvent: Equatable, Sendable {
    /// Kind of the event.
    package enum Kind: Equatable, Sendable {
        /// The source delivers no frames any more, or has not delivered any yet.
        case lost(reason: String)
        /// The source delivers frames again, after an outage of some seconds.
        case found(after: Double)
        /// The frames of the source repeat bit for bit.
        case frozen
        /// The frames of the source change again, after they repeated for some seconds.
        case thawed(after: Double)
        /// The offset between the time stamps of the source and the wall clock has changed. The times of later events
        /// are shifted by `seconds`.
        case clockStep(seconds: Double, cause: ClockStepCause)

        var type: EventType {
            switch self {
            case .lost: .sourceLost
            case .found: .sourceFound
            case .frozen: .sourceFrozen
            case .thawed: .sourceThawed
            case .clockStep: .clockStep
            }
        }

        var name: String { type.rawValue }
    }

    /// The clock that stepped.
    package enum ClockStepCause: String, Equatable, Sendable {
        /// The time stamps of the source.
        case source
        /// The wall clock of this machine.
        case wallClock = "calendar"
    }

    /// Kind of the event.
    package var kind: Kind
    /// Identifier, the same for `source_lost` and `source_found`, and for `source_frozen` and `source_thawed`.
    package var id: EventID
    /// Wall-clock time in UTC.
    package var time: Timestamp
    /// Name of the source in event records.
    package var source: String

    package init(kind: Kind, id: EventID, time: Timestamp, source: String) {
        self.kind = kind
        self.id = id
        self.time = time
        self.source = source
    }

    /// Returns the event record.
    ///
    /// - Parameter sequence: sequence number of the record.
    package func line(sequence: Int) -> JSONLine {
        var line = JSONLine()
        line.add("v", Event.version)
        line.add("seq", sequence)
        line.add("time", time.description)
        line.add("type", kind.name)
        line.add("id", id.description)
        line.add("source", source)
        switch kind {
        case .lost(let reason):
            line.add("reason", reason)
        case .frozen: break
        case .found(let seconds), .thawed(let seconds):
            line.add("duration", seconds, decimals: 3)
        case .clockStep(let seconds, let cause):
            line.add("step", seconds, decimals: 3)
            line.add("cause", cause.rawValue)
        }
        return line
    }
}

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
    ///   - since: start of the outage, by the monotonic clock.
    ///   - reason: error message.
    ///   - now: the current time.
    package mutating func lost(since: Double, reason: String, now: Instant) -> SourceEvent {
        event(.lost(reason: reason), begin(.lost, since, now), at: since, now)
    }

    /// Composes `source_found`, with the id of the `source_lost` before it.
    ///
    /// - Parameters:
    ///   - since: start of the outage, by the monotonic clock.
    ///   - seconds: length of the outage.
    ///   - now: the current time.
    package mutating func found(since: Double, after seconds: Double, now: Instant) -> SourceEvent {
        event(.found(after: seconds), end(.lost, since, now), at: since + seconds, now)
    }

    /// Composes `source_frozen`.
    ///
    /// - Parameters:
    ///   - since: time of the first of the equal frames, by the monotonic clock.
    ///   - now: the current time.
    package mutating func frozen(since: Double, now: Instant) -> SourceEvent {
        event(.frozen, begin(.frozen, since, now), at: since, now)
    }

    /// Composes `source_thawed`, with the id of the `source_frozen` before it.
    ///
    /// - Parameters:
    ///   - since: time of the first of the equal frames, by the monotonic clock.
    ///   - seconds: time from the first of the equal frames to the first different one.
    ///   - now: the current time.
    package mutating func thawed(since: Double, after seconds: Double, now: Instant) -> SourceEvent {
        event(.thawed(after: seconds), end(.frozen, since, now), at: since + seconds, now)
    }

    /// Composes `clock_step`, which has an id of its own.
    package func clockStep(seconds: Double, cause: SourceEvent.ClockStepCause, now: Instant) -> SourceEvent {
        clockStep(seconds: seconds, cause: cause, at: now.timestamp(at: now.monotonic))
    }

    /// Composes `clock_step`.
    ///
    /// - Parameters:
    ///   - seconds: shift of the times of later events.
    ///   - cause: the clock that stepped.
    ///   - time: wall-clock time in UTC; for a recording, derived from its time stamps.
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
