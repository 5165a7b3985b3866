import Basics
import Foundation
import Glibc

/// Scripted network camera: a TCP server on loopback that sends a transport stream, or fails as a test needs it.
package final class FaultServer: Sendable {
    /// Behaviour towards clients.
    package enum Behaviour: Sendable {
        /// Sends a recording in real time, in a loop.
        case serve([UInt8], seconds: Double)
        /// Sends several recordings in real time, one after the other, in a loop.
        case serveInTurn([(bytes: [UInt8], seconds: Double)])
        /// Does not listen: connections are refused.
        case refuse
        /// Accepts connections and sends nothing.
        case silence
        /// Accepts no connection, as a host that has crashed: clients reach the kernel's queue and get no answer.
        case vanish
        /// Sends bytes that are no video.
        case garbage
        /// Sends the first bytes of a recording, and then nothing.
        case stall([UInt8], after: Int)
        /// Sends a recording in real time, and closes the connection after some seconds.
        case hangUp([UInt8], seconds: Double, after: Double)

        /// Whether open connections stay open without data when the behaviour begins, until the server stops.
        /// Otherwise they are closed.
        var leavesConnectionsSilent: Bool {
            switch self {
            case .vanish, .stall: true
            case .serve, .serveInTurn, .refuse, .silence, .garbage, .hangUp: false
            }
        }
    }

    private struct State {
        var behaviour: Behaviour
        /// Number of changes of behaviour.
        var generation = 0
        var listener: Int32 = -1
        var connections = 0
        var recording = 0
        /// Open connections without data.
        var silent: [Int32] = []
        var isOver = false

        /// The listener whose connections are accepted; -1 if there is none.
        var acceptingListener: Int32 {
            switch behaviour {
            case .refuse, .vanish: -1
            case .serve, .serveInTurn, .silence, .garbage, .stall, .hangUp: listener
            }
        }
    }

    package let port: UInt16
    private let state: Mutex<State>

    package var url: String { "tcp://127.0.0.1:\(port)" }

    /// Number of accepted connections.
    package var connections: Int { state.withLock { $0.connections } }

    /// Index of the recording that is being sent, with ``Behaviour/serveInTurn(_:)``.
    package var recording: Int { state.withLock { $0.recording } }

    /// Listens on a free port until ``stop()``.
    package init(_ behaviour: Behaviour) throws {
        let listener = try Loopback.listen(port: 0)
        port = Loopback.port(of: listener)
        state = Mutex(State(behaviour: behaviour, listener: listener))
        set(behaviour)
        Thread.detachNewThread { [self] in run() }
    }

    /// Changes the behaviour. Open connections get no more data.
    package func set(_ behaviour: Behaviour) {
        state.withLock { state in
            if case .vanish = state.behaviour { Self.silencePendingConnections(&state) }
            state.behaviour = behaviour
            state.generation += 1
            if case .refuse = behaviour { Loopback.close(&state.listener) }
        }
    }

    /// A host that has restarted does not know the connections from before.
    private static func silencePendingConnections(_ state: inout State) {
        while case let connection = Loopback.accept(state.listener), connection >= 0 { state.silent.append(connection) }
    }

    /// Stops listening and closes all connections.
    package func stop() {
        state.withLock { state in
            state.isOver = true
            state.generation += 1
            Loopback.close(&state.listener)
            for connection in state.silent { Glibc.close(connection) }
            state.silent = []
        }
    }

    /// Returns bytes that are no video.
    package static func rubbish(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 >> 3) }
    }

    /// Whether the behaviour has not changed since a connection was accepted.
    func isCurrent(_ generation: Int) -> Bool { state.withLock { $0.generation == generation } }

    /// Whether open connections end in the middle of a frame.
    var breaksOff: Bool { state.withLock { if case .stall = $0.behaviour { true } else { false } } }

    func noteRecording(_ index: Int) { state.withLock { $0.recording = index } }

    private func run() {
        while !state.withLock({ $0.isOver }) {
            guard let (connection, behaviour, generation) = state.withLock(accept) else {
                Loopback.waitForConnection(state.withLock(\.acceptingListener))
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
