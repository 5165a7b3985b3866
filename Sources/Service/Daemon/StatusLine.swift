import Watch

/// How a service is doing, in one line: for `systemctl status`.
struct StatusLine {
    private var before: [String: (frames: Int, time: Double)] = [:]

    /// - Parameter time: by the monotonic clock, in seconds. Rates are those since the last call.
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
