import Basics
import Capture
import Events
import Glibc
import Logging
import MobileNet
import Watch

/// Metrics of the service, in a file or over HTTP or both, as the configuration says.
final class ServiceMetrics {
    /// Measured objects. A restart replaces them.
    struct Target: Sendable {
        var analysis: LiveAnalysis
        var outputs: ServiceOutputs
        var snapshots: SnapshotWriter
        var model: MetricsSnapshot.Model

        func text(_ journal: ServiceLog) -> String {
            MetricsSnapshot(
                analysis, sinks: outputs.figures + [journal.figures], model: model,
                objects: outputs.states.objectCounts, snapshots: snapshots.isOn ? snapshots.counts : nil,
                version: lookoutVersion
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

    /// Server that is ready and not yet in use. Dropping the value has no effect.
    struct Preparation {
        let settings: Configuration.Metrics
        /// `nil` for no server, or if the current one stays.
        let server: MetricsServer?
    }

    private let target: Mutex<Target>
    private let journal: ServiceLog
    private var settings = Configuration.Metrics()
    private var server: MetricsServer?
    private var file: TextFileWriter?

    init(_ target: Target, journal: ServiceLog) {
        self.target = Mutex(target)
        self.journal = journal
    }

    /// Measures other objects from now on.
    func observe(_ target: Target) { self.target.withLock { $0 = target } }

    /// Prepares the metrics of a configuration.
    ///
    /// - Parameter triesFile: whether a file that cannot be written is an error; otherwise it is tried again.
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

    /// Seconds that writing the file may take.
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

    /// Uses a published preparation, and stops what it replaces. Cannot fail.
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
