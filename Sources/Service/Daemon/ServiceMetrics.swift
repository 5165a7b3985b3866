import Basics
import Capture
import Events
import Glibc
import Logging
import MobileNet
import Watch

/// Numbers about the service: in a file, over HTTP, or neither, as the configuration says.
final class ServiceMetrics {
    /// What is measured. It is another one when everything begins anew.
    struct LabelTarget: Sendable {
        var analysis: LiveAnalysis
        var outputs: ServiceOutputs
        var model: MetricsSnapshot.Model

        func text(_ journal: ServiceLog) -> String {
            MetricsSnapshot(
                analysis, sinks: outputs.figures + [journal.figures], model: model, version: lookoutVersion
            ).text()
        }

        func readiness(_ journal: ServiceLog) -> Readiness {
            let stalls =
                outputs.stalls(at: MonotonicClock.now) + [journal.stall(at: MonotonicClock.now)].compactMap { $0 }
            return Readiness(
                hasModel: true, failures: outputs.failures + stalls.map(\.description),
                sources: analysis.statuses.map { ($0.name, $0.status.state) })
        }
    }

    /// A way to offer the numbers that is ready and not yet in use. If it is dropped, nothing has changed.
    struct Preparation {
        let settings: Configuration.Metrics
        /// nil if there is to be none, or the one that there is stays.
        let server: MetricsServer?
    }

    private let target: Mutex<LabelTarget>
    private let journal: ServiceLog
    private var settings = Configuration.Metrics()
    private var server: MetricsServer?
    private var file: TextFileWriter?

    init(_ target: LabelTarget, journal: ServiceLog) {
        self.target = Mutex(target)
        self.journal = journal
    }

    /// Measures something else from now on.
    func observe(_ target: LabelTarget) { self.target.withLock { $0 = target } }

    /// Gets ready to offer the numbers as a configuration says.
    ///
    /// - Parameter triesFile: whether a file that cannot be written is a failure; otherwise it is tried again and again.
    /// - Throws: ``MetricsServer/Failure``, ``TextFile/Failure``.
    func prepare(_ new: Configuration.Metrics, triesFile: Bool) throws -> Preparation {
        if triesFile, let path = new.textfile, path != settings.textfile { try tryFile(path) }
        guard let endpoint = new.listen, endpoint != settings.listen || server == nil else {
            return Preparation(settings: new, server: nil)
        }
        let pages = MetricsPages(
            metrics: { [target, journal] in target.withLock { $0 }.text(journal) },
            readiness: { [target, journal] in target.withLock { $0 }.readiness(journal) })
        return Preparation(settings: new, server: try MetricsServer(endpoint.address, pages: pages, replacing: server))
    }

    /// Seconds that the file may take to be written.
    private static let longestWriting = 3.0

    private func tryFile(_ path: String) throws {
        let text = target.withLock { $0 }.text(journal)
        let failure =
            withDeadline(Self.longestWriting) { () -> TextFile.Failure? in
                do throws(TextFile.Failure) { try TextFile(path: path).replace(with: text) } catch { return error }
                return nil
            } ?? TextFile.Failure(path: path, number: ETIMEDOUT)
        if let failure { throw failure }
    }

    /// Offers the numbers as it has been prepared and published, and as it was before no longer. Cannot fail.
    func offer(_ preparation: Preparation, _ log: Logger) {
        let new = preparation.settings
        if preparation.server != nil || new.listen == nil {
            server?.stop()
            server = preparation.server
        }
        if new.textfile != settings.textfile || new.interval != settings.interval {
            file?.stop()
            file = new.textfile.map { writer($0, new.interval, log) }
        }
        settings = new
    }

    private func writer(_ path: String, _ interval: Double, _ log: Logger) -> TextFileWriter {
        TextFileWriter(TextFile(path: path), interval: interval) { [target, journal] in
            target.withLock { $0 }.text(journal)
        } complain: { failure in
            log.error("\(failure)", metadata: ["source": "metrics"])
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
        let all = [
            log.map { $0.statistics.figures(depth: $0.progress.depth) },
            socket.map { $0.statistics.figures(depth: $0.progress.depth) },
            samples.map { $0.statistics.figures(depth: $0.progress.depth) },
        ]
        return all.compactMap { $0 }
    }

    /// What cannot be written to now, and why.
    fileprivate var failures: [String] {
        var failures: [String] = []
        if let log, case let statistics = log.statistics, statistics.isFailing {
            let reason = statistics.lastError.map { ": \(systemPhrase($0.rawValue))" } ?? ""
            failures.append("\(log.settings.path) cannot be written to\(reason)")
        }
        if let failure = samples?.currentFailure { failures.append("\(failure)") }
        return failures
    }

    /// What does not get on although it does not fail.
    fileprivate func stalls(at time: Double) -> [Progress.Stall] {
        let log = log.flatMap { $0.statistics.isFailing ? nil : ("log", $0.progress) }
        let queues = [
            log, socket.map { ("socket", $0.progress) }, samples.map { ("samples", $0.progress) },
            ("state", states.progress),
        ]
        return queues.compactMap { $0 }.compactMap { name, progress in
            progress.stall(at: time).map { Progress.Stall(name: name, seconds: $0, depth: progress.depth) }
        }
    }
}

extension LiveLineSink.Statistics {
    fileprivate func figures(depth: Int) -> MetricsSnapshot.Sink {
        var sink = MetricsSnapshot.Sink(name: "samples")
        (sink.lines, sink.bytes, sink.missed, sink.queueDepth) = (lines, bytes, missed, depth)
        return sink
    }
}

extension EventLog.Statistics {
    fileprivate func figures(depth: Int) -> MetricsSnapshot.Sink {
        var sink = MetricsSnapshot.Sink(name: "log")
        (sink.lines, sink.bytes, sink.errors, sink.missed, sink.queueDepth) = (lines, bytes, failures, missed, depth)
        return sink
    }
}

extension EventSocket.Statistics {
    fileprivate func figures(depth: Int) -> MetricsSnapshot.Sink {
        var sink = MetricsSnapshot.Sink(name: "socket")
        (sink.bytes, sink.errors, sink.missed, sink.queueDepth) = (bytes, cutOff + refused, missed, depth)
        sink.readers = readers
        return sink
    }
}
