import Basics
import Foundation
import Glibc

/// A camera on the network that does what a test says: a TCP server on loopback that sends a transport stream,
/// or does not.
package final class FaultServer: Sendable {
    /// What it does with those who connect.
    package enum Behaviour: Sendable {
        /// Sends a recording in real time, again and again.
        case serve([UInt8], seconds: Double)
        /// Sends one recording after the other in real time, again and again.
        case serveInTurn([(bytes: [UInt8], seconds: Double)])
        /// Nobody listens.
        case refuse
        /// Takes connections, and says nothing.
        case silence
        /// Its host is gone without a word: who connects gets as far as the kernel's queue, and is never
        /// answered.
        case vanish
        /// Sends what is no video.
        case garbage
        /// Sends a part of a recording, and then nothing more.
        case stall([UInt8], after: Int)
        /// Sends a recording, and hangs up after a while.
        case hangUp([UInt8], seconds: Double, after: Double)

        /// Whether connections stay open and get nothing more when this begins, and for as long as the
        /// server runs. Otherwise they are closed.
        var leavesConnectionsSilent: Bool {
            switch self {
            case .vanish, .stall: true
            case .serve, .serveInTurn, .refuse, .silence, .garbage, .hangUp: false
            }
        }
    }

    private struct State {
        var behaviour: Behaviour
        /// Counts the changes of behaviour.
        var generation = 0
        var listener: Int32 = -1
        var connections = 0
        /// Connections that get nothing more, and are not closed.
        var silent: [Int32] = []
        var isOver = false
    }

    package let port: UInt16
    private let state: Mutex<State>

    package var url: String { "tcp://127.0.0.1:\(port)" }

    /// How often somebody has connected and was attended to.
    package var connections: Int { state.withLock { $0.connections } }

    package init(_ behaviour: Behaviour) throws {
        let listener = try Loopback.listen(port: 0)
        port = Loopback.port(of: listener)
        state = Mutex(State(behaviour: behaviour, listener: listener))
        set(behaviour)
        Thread.detachNewThread { [self] in run() }
    }

    /// Does something else from now on. Connections that there are get no more.
    package func set(_ behaviour: Behaviour) {
        state.withLock { state in
            if case .vanish = state.behaviour { Self.forgetThoseWhoWait(&state) }
            state.behaviour = behaviour
            state.generation += 1
            if case .refuse = behaviour { Loopback.close(&state.listener) }
        }
    }

    /// Those who came while the host was away are not known to it when it is back.
    private static func forgetThoseWhoWait(_ state: inout State) {
        while case let connection = Loopback.accept(state.listener), connection >= 0 { state.silent.append(connection) }
    }

    /// Closes everything.
    package func stop() {
        state.withLock { state in
            state.isOver = true
            state.generation += 1
            Loopback.close(&state.listener)
            for connection in state.silent { Glibc.close(connection) }
            state.silent = []
        }
    }

    /// Bytes that are no video.
    package static func rubbish(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 >> 3) }
    }

    /// Whether what a connection is told is still what the server does.
    func isCurrent(_ generation: Int) -> Bool { state.withLock { $0.generation == generation } }

    /// Whether the server breaks off in the middle of a frame.
    var breaksOff: Bool { state.withLock { if case .stall = $0.behaviour { true } else { false } } }

    private func run() {
        while !state.withLock({ $0.isOver }) {
            guard let (connection, behaviour, generation) = state.withLock(accept) else {
                usleep(5000)
                continue
            }
            Thread.detachNewThread { [self] in
                FaultConversation(server: self, connection: connection, generation: generation).run(behaviour)
                leave(connection)
            }
        }
    }

    private func accept(_ state: inout State) -> (Int32, Behaviour, Int)? {
        switch state.behaviour {
        case .refuse, .vanish: return nil
        default: break
        }
        if state.isOver { return nil }
        if state.listener < 0 { state.listener = (try? Loopback.listen(port: port)) ?? -1 }
        let connection = Loopback.accept(state.listener)
        guard connection >= 0 else { return nil }
        state.connections += 1
        return (connection, state.behaviour, state.generation)
    }

    private func leave(_ connection: Int32) {
        state.withLock { state in
            if state.behaviour.leavesConnectionsSilent, !state.isOver {
                state.silent.append(connection)
            } else {
                Glibc.close(connection)
            }
        }
    }
}
