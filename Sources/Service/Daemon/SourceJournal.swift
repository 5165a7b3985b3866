import Logging
import Watch

/// Says in the log when a source is away, why, and when it is back.
struct SourceJournal {
    private let log: Logger
    private var reasons: [String: String] = [:]

    init(_ log: Logger) { self.log = log }

    mutating func note(_ statuses: [(name: String, status: SourceStatus)]) {
        for (name, status) in statuses {
            switch status.state {
            case .away(let reason, _) where reasons.updateValue(reason, forKey: name) != reason:
                log.warning("\(reason); trying again", metadata: ["source": "\(name)"])
            case .live where reasons.removeValue(forKey: name) != nil:
                log.notice("back", metadata: ["source": "\(name)"])
            default: break
            }
        }
        let names = Set(statuses.map(\.name))
        reasons = reasons.filter { names.contains($0.key) }
    }
}
