/// What Lookout has to tell: something was seen, or is not seen any more.
package struct Event: Equatable, Sendable {
    /// What happened.
    package enum Kind: Equatable, Sendable {
        case start
        /// It goes on.
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

    /// What happened.
    package var kind: Kind
    /// The same from start to end.
    package var id: EventID
    /// When it was, by the calendar.
    package var time: Timestamp
    /// When it was, in seconds, by the time stamps of the source.
    package var media: Double
    /// The camera or the recording.
    package var source: String
    /// The part of the frame.
    package var region: String
    /// What was seen; of a group, the label that was seen most.
    package var label: String
    /// The group that it belongs to, if it does.
    package var group: String?
    /// The scores and samples so far.
    package var interval: LabelInterval
    /// The network's name.
    package var model: String

    /// The version of the format of the lines.
    static let version = 1

    /// The event as a line of JSON.
    ///
    /// - Parameter sequence: its number in the log.
    package func line(sequence: Int) -> JSONLine {
        EventRecord(self).line(sequence: sequence, type: kind.name, reason: kind.reason)
    }
}

/// The `type` of a line in the event log.
package enum EventType: String, CaseIterable, Sendable {
    case start
    case update
    case end
    case sourceLost = "source_lost"
    case sourceFound = "source_found"
    case sourceFrozen = "source_frozen"
    case sourceThawed = "source_thawed"
    case clockStep = "clock_step"
    case gap
}

extension EventType {
    /// The type that a name stands for.
    ///
    /// - Throws: ``Unknown`` for a name that no line has.
    package init(name: String) throws(Unknown) {
        guard let type = Self(rawValue: name) else { throw Unknown(name: name) }
        self = type
    }

    /// A name that is no type of a line.
    package struct Unknown: Error, Equatable, CustomStringConvertible {
        /// As it was written.
        package let name: String

        package var description: String {
            let names = EventType.allCases.map(\.rawValue)
            let nearest = nearestNames(to: name.lowercased(), among: Set(names), limit: 1).first
            return (nearest.map { "did you mean \($0)? There are " } ?? "there is no such type; there are ")
                + names.joined(separator: ", ")
        }
    }
}

/// Why a sighting ended.
package enum EndReason: String, Equatable, Sendable {
    /// It was not seen any more.
    case cleared
    /// The source gave no more frames, or began anew.
    case sourceLost = "source_lost"
    /// The recording was over.
    case sourceEnded = "source_ended"
    /// Lookout was stopped.
    case shutdown
    /// It had lasted as long as it may.
    case maximumLength = "max_length"
    /// Lookout had been ended while it was seen, and said so when it was started again.
    case restart
}
