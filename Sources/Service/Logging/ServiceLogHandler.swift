import Basics
import Logging

/// Brings what is logged through swift-log to the service's log.
struct ServiceLogHandler: LogHandler {
    let log: ServiceLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(log: ServiceLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let own = event.metadata { all.merge(own) { $1 } }
        let source = all.removeValue(forKey: LogLine.sourceKey).map { "\($0)" }
        let rest = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        let message = rest.isEmpty ? "\(event.message)" : "\(event.message) (\(rest))"
        log.add(Redaction.clean(message, keepsPaths: true), level: event.level, source: source)
    }
}
