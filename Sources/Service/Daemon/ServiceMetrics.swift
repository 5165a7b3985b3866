import Basics
import Events
import Logging
import MobileNet
import Watch

/// Numbers about the service: in a file, over HTTP, or neither, as the configuration says.
final class ServiceMetrics {
    /// What is measured. It is another one when everything begins anew.
    struct Subject: Sendable {
        var analysis: LiveAnalysis
        var outputs: ServiceOutputs
        var model: MetricsSnapshot.Model

        func text() -> String {
            MetricsSnapshot(analysis, sinks: outputs.figures, model: model, version: lookoutVersion).text()
        }

        func readiness() -> Readiness {
            Readiness(
                hasModel: true, failures: outputs.failures,
                sources: analysis.statuses.map { ($0.name, $0.status.state) })
        }
    }

    private let subject: Guarded<Subject>
    private var server: MetricsServer?
    private var file: TextFileWriter?

    init(_ subject: Subject) { self.subject = Guarded(subject) }

    /// Measures something else from now on.
    func observe(_ subject: Subject) { self.subject.withLock { $0 = subject } }

    /// Offers the numbers as a configuration says, and as it did before no longer.
    ///
    /// - Throws: ``MetricsServer/Failure`` if they cannot be served. They are in the file all the same.
    func offer(_ settings: Configuration.Metrics, _ log: Logger) throws(MetricsServer.Failure) {
        stop()
        let subject = subject
        file = settings.textfile.map { path in
            TextFileWriter(TextFile(path: path), interval: settings.interval) {
                subject.withLock { $0 }.text()
            } complain: { failure in
                log.error("\(failure)", metadata: ["source": "metrics"])
            }
        }
        server = try settings.listen.map { endpoint throws(MetricsServer.Failure) in
            try MetricsServer(
                endpoint.address,
                pages: MetricsPages(
                    metrics: { subject.withLock { $0 }.text() }, readiness: { subject.withLock { $0 }.readiness() }))
        }
    }

    func stop() {
        server?.stop()
        file?.stop()
        (server, file) = (nil, nil)
    }
}

extension Configuration.Metrics.Endpoint {
    fileprivate var address: MetricsServer.Address {
        switch self {
        case .loopback(let host, let port): .loopback(host: host, port: port)
        case .unixSocket(let path): .path(path)
        }
    }
}

extension ServiceOutputs {
    /// Counts of everything that events are written to.
    fileprivate var figures: [MetricsSnapshot.Sink] {
        [log?.statistics.figures, socket?.statistics.figures].compactMap { $0 }
    }

    /// What cannot be written to now, and why.
    fileprivate var failures: [String] {
        guard let log, case let statistics = log.statistics, statistics.isFailing else { return [] }
        let reason = statistics.lastError.map { ": \(systemPhrase($0.rawValue))" } ?? ""
        return ["\(log.settings.path) cannot be written to\(reason)"]
    }
}

extension EventLog.Statistics {
    fileprivate var figures: MetricsSnapshot.Sink {
        var sink = MetricsSnapshot.Sink(name: "log")
        (sink.lines, sink.bytes, sink.errors, sink.missed) = (lines, bytes, failures, missed)
        return sink
    }
}

extension EventSocket.Statistics {
    fileprivate var figures: MetricsSnapshot.Sink {
        var sink = MetricsSnapshot.Sink(name: "socket")
        (sink.bytes, sink.errors, sink.missed, sink.readers) = (bytes, cutOff + refused, missed, readers)
        return sink
    }
}
