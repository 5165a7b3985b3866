import Watch

/// Whether the service does what it is there for, and what is missing.
package struct Readiness: Equatable, Sendable {
    /// What is missing, each a sentence.
    package let missing: [String]

    package var isReady: Bool { missing.isEmpty }

    /// - Parameters:
    ///   - hasModel: whether a network is loaded.
    ///   - failures: what cannot be written to, and why.
    ///   - sources: what is watched.
    package init(hasModel: Bool, failures: [String], sources: [(name: String, state: SourceStatus.State)]) {
        var missing = hasModel ? [] : ["no model is loaded"]
        missing += failures
        if sources.isEmpty {
            missing.append("there is no source")
        } else if !sources.contains(where: { $0.state == .live }) {
            missing.append("no source gives frames")
            missing += sources.map { "\($0.name): \(Self.phrase($0.state))" }
        }
        self.missing = missing
    }

    private static func phrase(_ state: SourceStatus.State) -> String {
        switch state {
        case .connecting: "being connected to"
        case .live: "live"
        case .away(let reason, _): reason
        case .ended: "over"
        }
    }
}
