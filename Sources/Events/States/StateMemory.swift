/// What is present, and what of it has yet to be written to the state file. A value without a clock.
struct StateMemory: Sendable {
    /// How soon the file has to be written.
    enum Urgency: Equatable {
        /// Somebody else already sees to it.
        case none
        case soon
        case later
    }

    /// A source that gives no frames, or the same one again and again.
    private struct Condition: Sendable {
        /// `lost` or `frozen`.
        var name: String
        var event: SourceEvent
        /// Why it is lost.
        var reason: String?
    }

    /// The last number that was given.
    private(set) var sequence: Int
    /// The last number that may be given, by what the file says.
    var reserved = 0
    /// What is to be said first.
    var pendingEvents: [EventLine]
    private var openEvents: [String: StateFile.OpenEvent] = [:]
    /// By the name of the source.
    private var lost: [String: Condition] = [:]
    private var frozen: [String: Condition] = [:]
    private var pending: [StateFile.PendingRecord] = []
    private let keepsPending: Bool
    private var scheduled = Urgency.none

    /// How many lines are kept that the log does not have yet: when it is broken, no more than that.
    static let pendingLimit = 256

    /// - Parameter keepsPending: whether there is a log that may not have what was said.
    init(_ recovery: Recovery, keepsPending: Bool) {
        self.keepsPending = keepsPending
        sequence = recovery.sequence
        pendingEvents = recovery.unlogged
        for record in recovery.interrupted {
            sequence += 1
            pendingEvents.append(EventLine(record, sequence: sequence, type: "end", reason: .restart))
        }
        for line in pendingEvents { keepPending(line) }
    }

    // MARK: - What happens

    mutating func note(_ event: Event, _ line: EventLine) -> Urgency {
        sequence = line.sequence
        let id = event.id.description
        switch event.kind {
        case .start:
            openEvents[id] = StateFile.OpenEvent(sequence: line.sequence, record: EventRecord(event, isLatest: true))
        case .update: return progress(event)
        case .end: openEvents[id] = nil
        }
        keepPending(line)
        return schedule(.soon)
    }

    mutating func note(_ event: SourceEvent, _ line: EventLine) -> Urgency {
        sequence = line.sequence
        switch event.kind {
        case .lost(let reason): lost[event.source] = Condition(name: "lost", event: event, reason: reason)
        case .found: lost[event.source] = nil
        case .frozen: frozen[event.source] = Condition(name: "frozen", event: event)
        case .thawed: frozen[event.source] = nil
        case .clockStep: break
        }
        return schedule(.later)
    }

    /// Forgets the condition of a source that is no longer watched.
    mutating func forget(source: String) {
        lost[source] = nil
        frozen[source] = nil
    }

    mutating func progress(_ event: Event) -> Urgency {
        let id = event.id.description
        guard openEvents[id] != nil else { return schedule(.later) }
        openEvents[id]?.record = EventRecord(event, isLatest: true)
        return schedule(.later)
    }

    private mutating func keepPending(_ line: EventLine) {
        guard keepsPending else { return }
        pending.append(
            StateFile.PendingRecord(
                sequence: line.sequence, text: String(decoding: line.text.dropLast(), as: UTF8.self)))
        if pending.count > Self.pendingLimit { pending.removeFirst(pending.count - Self.pendingLimit) }
    }

    // MARK: - When the file is written

    var isDirty: Bool { scheduled != .none }

    /// Numbers that are running out are as urgent as what is seen.
    private mutating func schedule(_ wanted: Urgency) -> Urgency {
        let wanted = sequence >= reserved - 100 ? .soon : wanted
        guard scheduled == .none || (scheduled == .later && wanted == .soon) else { return .none }
        scheduled = wanted
        return wanted
    }

    /// The file could not be written.
    mutating func retry() -> Urgency {
        scheduled = .later
        return .later
    }

    /// What the file should hold now.
    ///
    /// - Parameters:
    ///   - logged: the number of the last line that the log has.
    ///   - reserve: how many numbers are to be reserved; none if the program ends.
    /// - Returns: also whether numbers are reserved that were not.
    mutating func file(logged: Int, reserve: Int) -> (StateFile, extends: Bool) {
        scheduled = .none
        pending.removeAll { $0.sequence <= logged }
        var file = StateFile()
        let runsOut = reserved - sequence < reserve / 2
        file.reserved = reserve == 0 ? sequence : runsOut ? sequence + reserve : reserved
        file.sequence = sequence
        file.openEvents = openEvents.values.sorted { $0.sequence < $1.sequence }
        file.pending = pending
        return (file, runsOut)
    }

    // MARK: - What is present now

    /// A line for each label that is present and for each source that is lost or frozen.
    var stateLines: [EventLine] {
        let labels = openEvents.values.sorted { $0.sequence < $1.sequence }.map {
            EventLine($0.record, sequence: sequence, type: "state")
        }
        return labels + [lost, frozen].flatMap { $0.values.sorted { $0.event.source < $1.event.source }.map(line) }
    }

    private func line(_ condition: Condition) -> EventLine {
        var line = JSONLine()
        line.add("v", Event.version)
        line.add("seq", sequence)
        line.add("time", condition.event.time.description)
        line.add("type", "state")
        line.add("id", condition.event.id.description)
        line.add("source", condition.event.source)
        line.add("condition", condition.name)
        line.add("reason", condition.reason)
        return EventLine(
            sequence: sequence, text: line.line, topic: EventTopic(type: "state", source: condition.event.source))
    }
}
