import Dispatch
import Glibc

/// Ctrl-C and a polite kill: the first ends the work in order, the second at once.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]
    private static let signals = [SIGINT, SIGTERM]

    /// - Parameter stop: is called at the first signal, on a queue of its own.
    init(_ stop: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        sources = Self.signals.map { number in
            Glibc.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                stop()
                Glibc.signal(number, SIG_DFL)
            }
            source.activate()
            return source
        }
    }

    /// Back to what signals do otherwise.
    func restore() {
        for source in sources { source.cancel() }
        for number in Self.signals { Glibc.signal(number, SIG_DFL) }
    }
}
