import Basics
import Capture
import Dispatch
import Logging
import Watch

/// Shows the status of live sources: a line for each on a terminal, and log lines when a source is lost or found. Stops
/// the analysis when events can no longer be written.
final class StatusDisplay {
    private let queue = DispatchQueue(label: "status")
    private let timer: any DispatchSourceTimer
    private let analysis: LiveAnalysis
    private static let interval = 0.5

    init(_ analysis: LiveAnalysis, _ sinks: LiveSinks, _ log: Logger) {
        self.analysis = analysis
        timer = DispatchSource.makeTimerSource(queue: queue)
        var rates = RateMeter()
        var states = StateLog(log)
        timer.setEventHandler {
            if sinks.failure != nil { analysis.stop() }
            let now = MonotonicClock.now
            let statuses = analysis.statuses
            states.note(statuses, at: now)
            guard Terminal.isInteractive else { return }
            rates.note(statuses.map(\.status.frames), at: now)
            let width = statuses.map(\.name.count).max() ?? 0
            Terminal.show(
                statuses.enumerated().map { index, source in
                    Self.line(
                        source.name + String(repeating: " ", count: width - source.name.count),
                        source.status, rate: rates.rate(index), now: now)
                })
        }
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
        timer.activate()
    }

    func stop() {
        timer.cancel()
        queue.sync {}  // waits for a drawing in progress
        Terminal.clearStatus()
        guard Terminal.isInteractive else { return }
        for source in analysis.statuses { Terminal.tell(Self.summary(source.name, source.status)) }
    }

    /// Formats the counters of a source after the analysis, with the share of samples that the motion gate saved.
    static func summary(_ name: String, _ status: SourceStatus) -> String {
        let wanted = status.samples + status.still
        var text = "\(name): \(count(status.frames, "frame")), \(count(wanted, "sample"))"
        if status.still > 0 {
            text += ", of which \(status.still) (\(100 * status.still / wanted) %) were skipped without motion"
        }
        if status.replaced > 0 { text += ", \(status.replaced) dropped" }
        if status.corrupt > 0 { text += ", \(status.corrupt) corrupt" }
        if status.connections > 1 { text += ", \(count(status.connections, "connection"))" }
        return text + "; \(count(status.events, "event"))"
    }

    /// Formats state, frame rate, counters and latency of a source.
    static func line(_ name: String, _ status: SourceStatus, rate: Double, now: Double) -> String {
        var parts = ["\(name)  \(state(status.state, now: now))"]
        if status.state == .live { parts.append("\(decimals(rate, 1)) fps") }
        if let since = status.frozenSince { parts.append("frozen for \(decimals(max(0, now - since), 0)) s") }
        parts.append("\(status.samples) sampled")
        if status.still > 0 { parts.append("\(status.still) without motion") }
        if status.replaced > 0 { parts.append("\(status.replaced) dropped") }
        if status.corrupt > 0 { parts.append("\(status.corrupt) corrupt") }
        if status.connections > 1 { parts.append("\(status.connections - 1) reconnects") }
        if let median = status.latency.percentile(0.5), let worst = status.latency.percentile(0.99) {
            parts.append("latency \(decimals(1000 * median, 0))/\(decimals(1000 * worst, 0)) ms")
        }
        parts.append(count(status.events, "event"))
        return parts.joined(separator: "  ")
    }

    private static func state(_ state: SourceStatus.State, now: Double) -> String {
        switch state {
        case .connecting: "connecting"
        case .live: "live"
        case .away(let reason, .infinity): "away: \(reason); next try when that call ends"
        case .away(let reason, let retry): "away: \(reason); next try in \(decimals(max(0, retry - now), 0)) s"
        case .ended: "ended"
        }
    }
}

/// Measures frame rates over a sliding window of five seconds.
private struct RateMeter {
    private var history: [(time: Double, counts: [Int])] = []
    private static let seconds = 5.0

    mutating func note(_ counts: [Int], at time: Double) {
        history.append((time, counts))
        while history.count > 2, time - history[0].time > Self.seconds { history.removeFirst() }
    }

    func rate(_ index: Int) -> Double {
        guard let first = history.first, let last = history.last, last.time > first.time else { return 0 }
        return Double(last.counts[index] - first.counts[index]) / (last.time - first.time)
    }
}

/// Logs once when a source is lost, with the reason; not at each attempt.
private struct StateLog {
    private let log: Logger
    private var isAway: Set<String> = []
    private var isFrozen: Set<String> = []
    private var isUnanswered: Set<String> = []

    init(_ log: Logger) { self.log = log }

    mutating func note(_ statuses: [(name: String, status: SourceStatus)], at time: Double) {
        for (name, status) in statuses {
            noteFreeze(name, isFrozen: status.frozenSince != nil)
            if status.isUnanswered(at: time), isUnanswered.insert(name).inserted {
                log.warning("\(name): no answer for \(Int(SourceStatus.longestSilence)) s; still waiting")
            }
            switch status.state {
            case .away(let reason, _) where isAway.insert(name).inserted:
                log.warning("\(name): \(reason); trying again")
            case .live where isAway.remove(name) != nil: log.warning("\(name): back")
            default: break
            }
        }
    }

    private mutating func noteFreeze(_ name: String, isFrozen now: Bool) {
        if now, isFrozen.insert(name).inserted { log.warning("\(name): frozen: its frames repeat bit for bit") }
        if !now, isFrozen.remove(name) != nil { log.warning("\(name): its frames change again") }
    }
}
