import Basics

/// Event about a label: its interval starts, goes on, or ends.
package struct Event: Equatable, Sendable {
    /// Kind of the event.
    package enum Kind: Equatable, Sendable {
        /// A label is present.
        case start
        /// A periodic update of an open event.
        case update
        case end(EndReason)

        var type: EventType {
            switch self {
            case .start: .start
            case .update: .update
            case .end: .end
            }
        }

        var name: String { type.rawValue }

        var reason: EndReason? {
            if case .end(let reason) = self { reason } else { nil }
        }
    }

    /// Kind of the event.
    package var kind: Kind
    /// Identifier, the same from `start` to `end`.
    package var id: EventID
    /// Wall-clock time in UTC of the sample that the event is about: the first for `start`, otherwise the last.
    package var time: Timestamp
    /// Time of that sample in seconds, by the time stamps of the source.
    package var media: Double
    /// Name of the camera or recording.
    package var source: String
    /// Name of the region.
    package var region: String
    /// The label; for a group, the label of the group with the highest scores.
    package var label: String
    /// Group of the label; nil if it has none.
    package var group: String?
    /// Interval of the label, with its scores so far.
    package var interval: LabelInterval
    /// Name of the network.
    package var model: String

    /// Version of the format of event records, their member `v`.
    static let version = 1

    /// Returns the event record.
    ///
    /// - Parameter sequence: sequence number of the record.
    package func line(sequence: Int) -> JSONLine {
        EventRecord(self).line(sequence: sequence, type: kind.name, reason: kind.reason)
    }
}

/// Type of an event record, its member `type`.
package enum EventType: String, CaseIterable, Sendable {
    /// A label or an object is present.
    case start
    /// A label or an object is still present.
    case update
    /// A label or an object is not present any more.
    case end
    /// An object has entered a zone.
    case enter
    /// An object has left a zone.
    case leave
    /// An object has been in a zone for long.
    case loiter
    /// An object has crossed a line.
    case cross
    /// An object has stayed at its place for long.
    case stationary
    /// An object moves again.
    case moving
    /// A source delivers no frames.
    case sourceLost = "source_lost"
    /// A source delivers frames again.
    case sourceFound = "source_found"
    /// The frames of a source repeat.
    case sourceFrozen = "source_frozen"
    /// The frames of a source change again.
    case sourceThawed = "source_thawed"
    /// The offset between time stamps and wall clock has changed.
    case clockStep = "clock_step"
    /// Records are missing.
    case gap
}

extension EventType {
    /// Finds a type by name.
    ///
    /// - Throws: ``Unknown`` if no type has the name.
    package init(name: String) throws(Unknown) {
        guard let type = Self(rawValue: name) else { throw Unknown(name: name) }
        self = type
    }

    /// A name that is no type of event records.
    package struct Unknown: Error, Equatable, CustomStringConvertible {
        /// The name as it was written.
        package let name: String

        package var description: String {
            let names = EventType.allCases.map(\.rawValue)
            let nearest = nearestNames(to: name.lowercased(), among: Set(names), limit: 1).first
            return (nearest.map { "did you mean \($0)? There are " } ?? "there is no such type; there are ")
                + names.joined(separator: ", ")
        }
    }
}

/// Reason for the end of an interval, the member `reason` of `end` records.
package enum EndReason: String, Equatable, Sendable {
    /// The score stayed below the leave threshold for the clear delay.
    case cleared
    /// The source was lost, or its time stamps started over.
    case sourceLost = "source_lost"
    /// The recording ended.
    case sourceEnded = "source_ended"
    /// The program was stopped.
    case shutdown
    /// The interval reached its maximum length. A new one starts if the label is still there.
    case maximumLength = "max_length"
    /// The program was killed while the event was open, and wrote its end after the restart.
    case restart
}
