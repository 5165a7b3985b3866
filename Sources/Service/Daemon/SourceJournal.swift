import Logging
import Watch

/// Says in the log when a source is away, why, and when it is back.
struct SourceJournal {
    private let log: Logger
    /// What was known of a source when it was looked at last.
    private struct Known {
        var failures = 0
        /// Why it is away, if that has been said.
        var reason: String?
    }

    private var known: [String: Known] = [:]

    init(_ log: Logger) { self.log = log }

    mutating func note(_ statuses: [(name: String, status: SourceStatus)]) {
        for (name, status) in statuses {
            var source = known[name] ?? Known()
            if status.failures > source.failures, let reason = status.lastFailure, reason != source.reason {
                log.warning("\(reason); trying again", metadata: ["source": "\(name)"])
                source.reason = reason
            }
            source.failures = status.failures
            if status.state == .live, source.reason != nil {
                log.notice("back", metadata: ["source": "\(name)"])
                source.reason = nil
            }
            known[name] = source
        }
        let names = Set(statuses.map(\.name))
        known = known.filter { names.contains($0.key) }
    }
}
