import Logging
import Watch

/// Log of the sources: when one is away and why, when it is back, and when it is frozen.
struct SourceJournal {
    private let log: Logger
    /// Last known condition of a source.
    private struct Known {
        var failures = 0
        /// Whether it was logged that the source does not answer.
        var isUnanswered = false
        /// Reason that was logged while the source is away.
        var reason: String?
        var isFrozen = false
    }

    private var known: [String: Known] = [:]

    init(_ log: Logger) { self.log = log }

    /// Logs what has changed.
    ///
    /// - Parameter time: seconds of the monotonic clock.
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

/// Status of the service for `systemctl status`, on one line.
struct StatusLine {
    private var before: [String: (frames: Int, time: Double)] = [:]

    /// Returns the line. Frame rates are those since the last call.
    ///
    /// - Parameter time: seconds of the monotonic clock.
    mutating func text(_ statuses: [(name: String, status: SourceStatus)], at time: Double) -> String {
        guard !statuses.isEmpty else { return "no sources" }
        let parts = statuses.map { "\($0.name) \(state($0.name, $0.status, at: time))" }
        before = Dictionary(uniqueKeysWithValues: statuses.map { ($0.name, ($0.status.frames, time)) })
        return parts.joined(separator: "; ")
    }

    private func state(_ name: String, _ status: SourceStatus, at time: Double) -> String {
        switch status.state {
        case .connecting: return "connecting"
        case .ended: return "over"
        case .away(let reason, .infinity): return "away (\(reason)), next try when that call ends"
        case .away(let reason, let retry):
            return "away (\(reason)), next try in \(Int(max(0, retry - time).rounded())) s"
        case .live:
            if let since = status.frozenSince { return "frozen for \(Int(max(0, time - since).rounded())) s" }
            guard let earlier = before[name], time > earlier.time, status.frames >= earlier.frames else {
                return "live"
            }
            let rate = Double(status.frames - earlier.frames) / (time - earlier.time)
            return "\((rate * 10).rounded() / 10) fps"
        }
    }
}

extension SourceStatus {
    /// Whether the first attempt to connect has succeeded or failed. A source whose retries are short is rarely seen in the
    /// state `away`, so its failures count, too.
    var hasBeenTried: Bool { connections > 0 || failures > 0 || state != .connecting }
}
