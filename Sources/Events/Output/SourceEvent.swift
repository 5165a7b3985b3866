/// What Lookout has to tell of a source itself, and not of what it shows.
package struct SourceEvent: Equatable, Sendable {
    /// What happened.
    package enum Kind: Equatable, Sendable {
        /// It gives no frames any more, or has not given any yet; why.
        case lost(reason: String)
        /// It gives frames again; for how many seconds it gave none.
        case found(after: Double)
        /// Its frames repeat bit for bit.
        case frozen
        /// Its frames change again; the seconds for which they repeated.
        case thawed(after: Double)
        /// Its time stamps and the calendar no longer belong together as they did: by how many seconds the
        /// times of later events are shifted, and whose doing it is.
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

    /// Which clock went its own way.
    package enum ClockStepCause: String, Equatable, Sendable {
        /// The time stamps of the source.
        case source
        /// This machine's calendar.
        case wallClock
    }

    /// What happened.
    package var kind: Kind
    /// The same for `source_lost` and `source_found`, and for `source_frozen` and `source_thawed`.
    package var id: EventID
    /// When, by the calendar.
    package var time: Timestamp
    /// What events call the source.
    package var source: String

    package init(kind: Kind, id: EventID, time: Timestamp, source: String) {
        self.kind = kind
        self.id = id
        self.time = time
        self.source = source
    }

    /// The event as a line of JSON.
    ///
    /// - Parameter sequence: its number in the log.
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
