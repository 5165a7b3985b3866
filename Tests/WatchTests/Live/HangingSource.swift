import Basics
import Capture
import Dispatch
import Foundation
import TestSupport

@testable import Watch

/// A source of a test whose calls hang, whatever they are told, until the test lets them go on.
final class HangingSource: Source {
    /// How many calls hang, and what lets them go on. Shared by all sources of a test.
    final class Gate: Sendable {
        private let hanging = Mutex(0)
        private let mayGoOn = DispatchSemaphore(value: 0)

        var count: Int { hanging.withLock { $0 } }

        fileprivate func wait() {
            hanging.withLock { $0 += 1 }
            mayGoOn.wait()
            hanging.withLock { $0 -= 1 }
        }

        /// Lets one call go on.
        func open() { mayGoOn.signal() }
    }

    /// The call that hangs.
    enum Step { case open, nextFrame, close }

    let timeLimit = 0.1
    private let gate: Gate
    private let step: Step

    init(_ step: Step, _ gate: Gate) {
        self.step = step
        self.gate = gate
    }

    func open() throws { if step == .open { gate.wait() } }

    func nextFrame() throws -> Frame? {
        if step == .nextFrame { gate.wait() }
        throw SourceError.lost("it gave nothing")
    }

    func close() { if step == .close { gate.wait() } }

    /// The source, to be watched.
    static func live(_ name: String, _ step: Step, _ gate: Gate) -> LiveSource {
        LiveSource(name: name, settings: LiveRun.settings()) { _ in HangingSource(step, gate) }
    }
}
