import Dispatch
import Glibc

/// Ctrl-C, a polite kill, and a terminal that is gone: the first ends the work in order, the second at once.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]
    private let numbers: [Int32]

    /// - Parameter stop: is called at the first signal, on a queue of its own.
    init(_ stop: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        // Who starts the program with `nohup` wants it to outlive the terminal.
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

    /// Back to what signals do otherwise.
    func restore() {
        for source in sources { source.cancel() }
        for number in numbers { Glibc.signal(number, SIG_DFL) }
    }
}
