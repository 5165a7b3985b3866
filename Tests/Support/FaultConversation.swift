import Foundation
import Glibc

/// What a ``FaultServer`` says to one who has connected, on a thread of its own.
struct FaultConversation {
    let server: FaultServer
    let connection: Int32
    /// The conversation is over when the server's is another.
    let generation: Int

    /// A packet of a transport stream has so many bytes.
    private static let packet = 188

    func run(_ behaviour: FaultServer.Behaviour) {
        switch behaviour {
        case .refuse, .vanish: break
        case .silence: waitForChange()
        case .garbage:
            while goesOn, send(FaultServer.rubbish(20_000)[...]) { usleep(20_000) }
        case .serve(let bytes, let seconds):
            while send(bytes, seconds: seconds) {}
        case .serveInTurn(let parts):
            var part = 0
            while send(parts[part].bytes, seconds: parts[part].seconds) { part = (part + 1) % parts.count }
        case .stall(let bytes, let count):
            _ = send(bytes[..<count])
        case .hangUp(let bytes, let seconds, let limit):
            _ = send(bytes, seconds: seconds, until: limit)
        }
    }

    private var goesOn: Bool { server.isCurrent(generation) }

    private func waitForChange() {
        while goesOn { usleep(10_000) }
    }

    /// Sends a recording as fast as it was taken.
    ///
    /// - Returns: whether there is somebody to send more to.
    private func send(_ bytes: [UInt8], seconds: Double, until limit: Double = .infinity) -> Bool {
        let start = Date()
        var sent = 0
        while sent < bytes.count {
            let elapsed = Date().timeIntervalSince(start)
            guard goesOn else {
                if server.breaksOff { _ = send(bytes[sent...].prefix(77)) }
                return false
            }
            guard elapsed < limit else { return false }
            // A little ahead of time, as real cameras begin with what they have.
            let packets = Int(Double(bytes.count) * (elapsed + 0.2) / seconds) / Self.packet + 1
            let due = min(bytes.count, packets * Self.packet)
            if due > sent, !send(bytes[sent..<due]) { return false }
            sent = max(sent, due)
            usleep(10_000)
        }
        return true
    }

    private func send(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
