import Basics
import Dispatch
import Foundation
import Glibc

/// A camera on the network that does what a test says: a TCP server on loopback that sends a transport stream,
/// or does not.
final class FaultServer: Sendable {
    /// What it does with those who connect. A change ends all connections.
    enum Behaviour: Sendable {
        /// Sends a recording in real time, again and again.
        case serve([UInt8], seconds: Double)
        /// Sends one recording after the other in real time, again and again.
        case serveInTurn([(bytes: [UInt8], seconds: Double)])
        /// Nobody listens.
        case refuse
        /// Takes connections, and says nothing.
        case silence
        /// Sends what is no video.
        case garbage
        /// Sends a part of a recording, and then nothing more.
        case stall([UInt8], after: Int)
        /// Sends a recording, and hangs up after a while.
        case hangUp([UInt8], seconds: Double, after: Double)
    }

    private struct State {
        var behaviour: Behaviour
        var generation = 0
        var listener: Int32 = -1
        var connections = 0
        var isOver = false
    }

    let port: UInt16
    private let state: Guarded<State>

    var url: String { "tcp://127.0.0.1:\(port)" }

    /// How often somebody has connected.
    var connections: Int { state.withLock { $0.connections } }

    init(_ behaviour: Behaviour) throws {
        let listener = try Self.listen(port: 0)
        port = Self.port(of: listener)
        state = Guarded(State(behaviour: behaviour, listener: listener))
        set(behaviour)
        Thread.detachNewThread { [self] in run() }
    }

    func set(_ behaviour: Behaviour) {
        state.withLock { state in
            state.behaviour = behaviour
            state.generation += 1
            if case .refuse = behaviour { Self.close(&state.listener) }
        }
    }

    func stop() {
        state.withLock { state in
            state.isOver = true
            state.generation += 1
            Self.close(&state.listener)
        }
    }

    // MARK: - Listening

    private static func listen(port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0, Glibc.listen(descriptor, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
        return descriptor
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func run() {
        while !state.withLock({ $0.isOver }) {
            let listener = state.withLock { state -> Int32 in
                if case .refuse = state.behaviour { return -1 }
                if state.listener < 0 { state.listener = (try? Self.listen(port: port)) ?? -1 }
                return state.listener
            }
            let connection = listener >= 0 ? accept(listener, nil, nil) : -1
            guard connection >= 0 else {
                usleep(5000)
                continue
            }
            let (behaviour, generation) = state.withLock { state in
                state.connections += 1
                return (state.behaviour, state.generation)
            }
            Thread.detachNewThread { [self] in
                talk(to: connection, behaviour, generation)
                Glibc.close(connection)
            }
        }
    }

    // MARK: - Talking

    private func talk(to connection: Int32, _ behaviour: Behaviour, _ generation: Int) {
        switch behaviour {
        case .refuse: break
        case .silence: wait(generation, seconds: 1000)
        case .garbage:
            let rubbish = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 >> 3) }
            while isCurrent(generation), send(rubbish[...], to: connection) { usleep(20_000) }
        case .serve(let bytes, let seconds):
            while send(bytes, seconds: seconds, to: connection, generation, until: .infinity) {}
        case .serveInTurn(let parts):
            var part = 0
            while send(parts[part].bytes, seconds: parts[part].seconds, to: connection, generation, until: .infinity) {
                part = (part + 1) % parts.count
            }
        case .stall(let bytes, let count):
            _ = send(bytes[..<count], to: connection)
            wait(generation, seconds: 1000)
        case .hangUp(let bytes, let seconds, let limit):
            _ = send(bytes, seconds: seconds, to: connection, generation, until: limit)
        }
    }

    private func isCurrent(_ generation: Int) -> Bool { state.withLock { $0.generation == generation } }

    private func wait(_ generation: Int, seconds: Double) {
        let end = Date().addingTimeInterval(seconds)
        while isCurrent(generation), Date() < end { usleep(10_000) }
    }

    /// Sends a recording as fast as it was taken.
    ///
    /// - Returns: whether there is somebody to send more to.
    private func send(
        _ bytes: [UInt8], seconds: Double, to connection: Int32, _ generation: Int, until limit: Double
    ) -> Bool {
        let start = Date()
        var sent = 0
        while sent < bytes.count {
            let elapsed = Date().timeIntervalSince(start)
            guard isCurrent(generation), elapsed < limit else { return false }
            // A little ahead of time, as real cameras begin with what they have.
            let due = min(bytes.count, Int(Double(bytes.count) * (elapsed + 0.2) / seconds) / 188 * 188 + 188)
            if due > sent, !send(bytes[sent..<due], to: connection) { return false }
            sent = max(sent, due)
            usleep(10_000)
        }
        return true
    }

    private func send(_ bytes: ArraySlice<UInt8>, to connection: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
