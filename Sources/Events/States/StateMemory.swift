/// The state in memory, and when it has to be written to the state file. A value without a clock.
struct StateMemory: Sendable {
    /// Urgency of a write of the file.
    enum Urgency: Equatable {
        /// Nothing has to be scheduled: a write is scheduled already.
        case none
        case soon
        case later
    }

    /// A source that is lost or frozen.
    private struct Condition: Sendable {
        /// `lost` or `frozen`.
        var name: String
        var event: SourceEvent
        /// Error message of a lost source.
        var reason: String?
    }

    /// Last sequence number that was used.
    private(set) var sequence: Int
    /// Last sequence number that may be used, by the state file.
    var reserved = 0
    /// Records of the recovery, to write before any other.
    var recoveredRecords: [EventLine]
    private var openEvents: [String: StateFile.OpenEvent] = [:]
    /// By the name of the source.
    private var lost: [String: Condition] = [:]
    private var frozen: [String: Condition] = [:]
    /// Counts of objects.
    private(set) var counts: ObjectCounts
    private var pending: [StateFile.PendingRecord] = []
    private let keepsPending: Bool
    private var scheduled = Urgency.none

    /// Maximum number of records that are kept for a log that lacks them. A broken log must not fill the memory.
    static let pendingLimit = 256

    /// - Parameters:
    ///   - recovery: records and open events of the previous run.
    ///   - keepsPending: whether there is a log, which may lack records.
    init(_ recovery: Recovery, keepsPending: Bool) {
        self.keepsPending = keepsPending
        sequence = recovery.sequence
        counts = recovery.counts
        recoveredRecords = recovery.unlogged
        for record in recovery.interrupted {
            sequence += 1
            recoveredRecords.append(EventLine(record, sequence: sequence, type: "end", reason: .restart))
        }
        for line in recoveredRecords { keepPending(line) }
    }

    // MARK: - Events

    /// Notes an event about a label and its record. Returns how soon to write the file.
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

    /// Notes an event about an object and its record. Returns how soon to write the file.
    mutating func note(_ event: ObjectEvent, _ line: EventLine) -> Urgency {
        sequence = line.sequence
        counts.note(event)
        let id = event.id.description
        switch event.kind {
        case .start:
            openEvents[id] = StateFile.OpenEvent(sequence: line.sequence, record: EventRecord(event, isLatest: true))
        case .end: openEvents[id] = nil
        case .update: return progress(event)
        case .enter, .leave, .loiter, .cross, .stationary, .moving:
            openEvents[id]?.record = EventRecord(event, isLatest: true)
        }
        keepPending(line)
        return schedule(.soon)
    }

    /// Updates an open event of an object, without a record. Returns how soon to write the file.
    mutating func progress(_ event: ObjectEvent) -> Urgency {
        openEvents[event.id.description]?.record = EventRecord(event, isLatest: true)
        return schedule(.later)
    }

    /// Notes an event about a source and its record. Returns how soon to write the file.
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

    /// Forgets the conditions of a source that is no longer watched.
    mutating func forget(source: String) {
        lost[source] = nil
        frozen[source] = nil
    }

    /// Updates an open event, without a record. Returns how soon to write the file.
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

    // MARK: - State file

    /// Whether a write of the file is due.
    var isDirty: Bool { scheduled != .none }

    /// Schedules a write. Reserved sequence numbers that run out are as urgent as a `start` or `end`.
    private mutating func schedule(_ wanted: Urgency) -> Urgency {
        let wanted = sequence >= reserved - 100 ? .soon : wanted
        guard scheduled == .none || (scheduled == .later && wanted == .soon) else { return .none }
        scheduled = wanted
        return wanted
    }

    /// Schedules another write after a failure.
    mutating func retry() -> Urgency {
        scheduled = .later
        return .later
    }

    /// Returns the contents of the file.
    ///
    /// - Parameters:
    ///   - logged: sequence number of the last record in the log.
    ///   - reserve: number of sequence numbers to reserve; 0 to release them.
    /// - Returns: the contents, and whether more sequence numbers are reserved than before.
    mutating func file(logged: Int, reserve: Int) -> (StateFile, extends: Bool) {
        scheduled = .none
        pending.removeAll { $0.sequence <= logged }
        var file = StateFile()
        let runsOut = reserved - sequence < reserve / 2
        file.reserved = reserve == 0 ? sequence : runsOut ? sequence + reserve : reserved
        file.sequence = sequence
        file.openEvents = openEvents.values.sorted { $0.sequence < $1.sequence }
        file.pending = pending
        file.crossings = counts.crossings
        file.occupancy = counts.occupancy
        return (file, runsOut)
    }

    // MARK: - Current state

    /// A `state` record for each open event, for each count, and for each source that is lost or frozen.
    var stateLines: [EventLine] {
        let labels = openEvents.values.sorted { $0.sequence < $1.sequence }.map {
            EventLine($0.record, sequence: sequence, type: "state")
        }
        return labels + counts.stateLines(sequence: sequence)
            + [lost, frozen].flatMap { $0.values.sorted { $0.event.source < $1.event.source }.map(line) }
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
