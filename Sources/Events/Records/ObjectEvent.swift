import Basics

/// Event about an object.
package struct ObjectEvent: Equatable, Sendable {
    /// Kind of the event.
    package enum Kind: Equatable, Sendable {
        /// The object is there.
        case start
        /// A periodic update of an object that has changed.
        case update
        case end(EndReason)
        /// The object has entered a zone.
        case enter(zone: String)
        /// The object has left a zone after some seconds.
        case leave(zone: String, dwell: Double)
        /// The object has been in a zone for its loitering time.
        case loiter(zone: String, dwell: Double)
        /// The object has crossed a line in the direction of that name.
        case cross(line: String, direction: String)
        /// The object has stayed at its place for long.
        case stationary
        /// The object moves again.
        case moving

        var type: EventType {
            switch self {
            case .start: .start
            case .update: .update
            case .end: .end
            case .enter: .enter
            case .leave: .leave
            case .loiter: .loiter
            case .cross: .cross
            case .stationary: .stationary
            case .moving: .moving
            }
        }

        var reason: EndReason? {
            if case .end(let reason) = self { reason } else { nil }
        }
    }

    package var kind: Kind
    /// Identifier, the same for all events of the object.
    package var id: EventID
    /// Wall-clock time in UTC of the sample that the event is about.
    package var time: Timestamp
    /// Time of that sample in seconds, by the time stamps of the source.
    package var media: Double
    /// Name of the camera or recording.
    package var source: String
    /// The label with the most votes.
    package var label: String
    /// Group of the label; nil if it has none.
    package var group: String?
    package var object: TrackedObject
    /// Name of the network.
    package var model: String
    /// Name of the file with the best frame; nil for none.
    package var snapshot: String?

    /// Returns the event record.
    ///
    /// - Parameter sequence: sequence number of the record.
    package func line(sequence: Int) -> JSONLine {
        EventRecord(self).line(sequence: sequence, type: kind.type.rawValue, reason: kind.reason, details: kind)
    }
}

/// Composes events from changes of objects.
package struct ObjectEventComposer: Sendable {
    private let source: String
    private let model: String
    private let labels: [String]

    /// - Parameters:
    ///   - source: name of the source in event records.
    ///   - model: name of the network.
    ///   - labels: labels of the network's classes.
    package init(source: String, model: String, labels: [String]) {
        self.source = source
        self.model = model
        self.labels = labels
    }

    /// Returns the event for a change.
    ///
    /// - Parameter group: group of the object's label.
    package func event(for change: ObjectChange, group: String?) -> ObjectEvent {
        switch change {
        case .started(let object): event(.start, object, at: object.start, group)
        case .updated(let object): event(.update, object, at: object.lastSeen, group)
        case .ended(let object, let reason): event(.end(reason), object, at: object.lastSeen, group)
        case .entered(let object, let zone, let time): event(.enter(zone: zone), object, at: time, group)
        case .left(let object, let zone, let dwell, let time):
            event(.leave(zone: zone, dwell: dwell), object, at: time, group)
        case .loitered(let object, let zone, let dwell, let time):
            event(.loiter(zone: zone, dwell: dwell), object, at: time, group)
        case .crossed(let object, let line, let direction, let time):
            event(.cross(line: line, direction: direction), object, at: time, group)
        case .stopped(let object, let time): event(.stationary, object, at: time, group)
        case .moved(let object, let time): event(.moving, object, at: time, group)
        }
    }

    private func event(
        _ kind: ObjectEvent.Kind, _ object: TrackedObject, at time: SampleTime, _ group: String?
    ) -> ObjectEvent {
        ObjectEvent(
            kind: kind, id: id(of: object), time: time.wallClock, media: time.media, source: source,
            label: labels[object.label], group: group, object: object, model: model)
    }

    /// Returns the identifier of the events of an object.
    package func id(of object: TrackedObject) -> EventID {
        let start = object.start.wallClock
        return EventID(
            time: start, parts: [source, model, "object", "\(object.number)", "\(start.milliseconds)"])
    }
}
