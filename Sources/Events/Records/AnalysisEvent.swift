/// Event that the analysis of a source found: about a label of the whole frame or a region, or about an object.
package enum AnalysisEvent: Equatable, Sendable {
    /// A label is there, or is no longer there.
    case label(Event)
    /// An object came, moved, did something at a zone or line, or went.
    case object(ObjectEvent)
}

extension AnalysisEvent {
    /// Whether a label or an object is there from now on.
    package var isStart: Bool {
        switch self {
        case .label(let event): event.kind == .start
        case .object(let event): event.kind == .start
        }
    }

    /// Whether a label or an object is no longer there.
    package var isEnd: Bool {
        switch self {
        case .label(let event): event.kind.reason != nil
        case .object(let event): event.kind.reason != nil
        }
    }

    /// Name for people: the group, or else the label.
    package var name: String {
        switch self {
        case .label(let event): event.group ?? event.label
        case .object(let event): event.group ?? event.label
        }
    }

    /// Returns the event record.
    ///
    /// - Parameter sequence: sequence number of the record.
    package func line(sequence: Int) -> JSONLine {
        switch self {
        case .label(let event): event.line(sequence: sequence)
        case .object(let event): event.line(sequence: sequence)
        }
    }
}

extension EventLine {
    /// Creates the record of an event about a label or an object.
    package init(_ event: AnalysisEvent, sequence: Int) {
        switch event {
        case .label(let event): self.init(event, sequence: sequence)
        case .object(let event): self.init(event, sequence: sequence)
        }
    }
}

extension EventStates {
    /// Notes an event and its record. Events have to be noted in the order of their sequence numbers.
    package func note(_ event: AnalysisEvent, _ line: EventLine) {
        switch event {
        case .label(let event): note(event, line)
        case .object(let event): note(event, line)
        }
    }

    /// Updates an open event, without a record.
    package func progress(_ event: AnalysisEvent) {
        switch event {
        case .label(let event): progress(event)
        case .object(let event): progress(event)
        }
    }
}
