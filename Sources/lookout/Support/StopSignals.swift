import Dispatch
import Glibc

/// Handles SIGINT, SIGTERM and SIGHUP: the first signal stops the work in order, the second ends the program at once.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]
    private let numbers: [Int32]

    /// - Parameter stop: called at the first signal, on a queue of its own.
    init(_ stop: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        // With `nohup`, SIGHUP is ignored and stays so.
        numbers = [SIGINT, SIGTERM] + (Self.isIgnored(SIGHUP) ? [] : [SIGHUP])
        sources = numbers.map { number in
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

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Restores the default actions.
    func restore() {
        for source in sources { source.cancel() }
        for number in numbers { Glibc.signal(number, SIG_DFL) }
    }
}
