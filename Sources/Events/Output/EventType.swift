import Basics

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
