import Logging
import Watch

/// Says in the log when a source is away, why, and when it is back; also when it is frozen.
struct SourceJournal {
    private let log: Logger
    /// What was known of a source when it was looked at last.
    private struct Known {
        var failures = 0
        /// Whether it has been said that it does not answer.
        var isUnanswered = false
        /// Why it is away, if that has been said.
        var reason: String?
        var isFrozen = false
    }

    private var known: [String: Known] = [:]

    init(_ log: Logger) { self.log = log }

    /// - Parameter time: by the monotonic clock, in seconds.
    mutating func note(_ statuses: [(name: String, status: SourceStatus)], at time: Double) {
        for (name, status) in statuses {
            var source = known[name] ?? Known()
            if status.isUnanswered(at: time), !source.isUnanswered {
                log.warning(
                    "no answer for \(Int(SourceStatus.longestSilence)) s; still waiting",
                    metadata: ["source": "\(name)"])
                source.isUnanswered = true
            }
            if status.failures > source.failures, let reason = status.lastFailure, reason != source.reason {
                log.warning("\(reason); trying again", metadata: ["source": "\(name)"])
                source.reason = reason
            }
            source.failures = status.failures
            if status.state == .live, source.reason != nil {
                log.notice("back", metadata: ["source": "\(name)"])
                source.reason = nil
            }
            noteFreeze(name, status, &source)
            known[name] = source
        }
        let names = Set(statuses.map(\.name))
        known = known.filter { names.contains($0.key) }
    }

    private func noteFreeze(_ name: String, _ status: SourceStatus, _ source: inout Known) {
        let isFrozen = status.frozenSince != nil
        defer { source.isFrozen = isFrozen }
        guard isFrozen != source.isFrozen else { return }
        if isFrozen {
            log.warning("frozen: its frames repeat bit for bit", metadata: ["source": "\(name)"])
        } else {
            log.notice("its frames change again", metadata: ["source": "\(name)"])
        }
    }
}
