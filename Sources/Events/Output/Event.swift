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
