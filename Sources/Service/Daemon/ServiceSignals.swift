import Dispatch
import Glibc

/// The signals that a service obeys.
final class ServiceSignals {
    private let sources: [any DispatchSourceSignal]

    /// - Parameters:
    ///   - queue: on which everything is called.
    ///   - reload: for SIGHUP: read the configuration anew.
    ///   - reopen: for SIGUSR1: begin the log files anew, as after `logrotate`.
    ///   - stop: for SIGTERM and SIGINT.
    init(
        on queue: DispatchQueue, reload: @escaping @Sendable () -> Void, reopen: @escaping @Sendable () -> Void,
        stop: @escaping @Sendable () -> Void
    ) {
        let actions = [(SIGHUP, reload), (SIGUSR1, reopen), (SIGTERM, stop), (SIGINT, stop)]
        sources = actions.map { number, action in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: action)
            source.activate()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
