import Foundation
import Glibc

/// One connection of a ``FaultServer``, on its own thread.
struct FaultConversation {
    let server: FaultServer
    let connection: Int32
    /// Generation of the server's behaviour. The connection ends when the server has another.
    let generation: Int

    /// Size of a packet of a transport stream, in bytes.
    private static let packet = 188

    func run(_ behaviour: FaultServer.Behaviour) {
        switch behaviour {
        case .refuse, .vanish: break
        case .silence: waitForChange()
        case .garbage:
            while isCurrent, send(FaultServer.rubbish(20_000)[...]) { usleep(20_000) }  // 1 MB/s
        case .serve(let bytes, let seconds):
            while send(bytes, seconds: seconds) {}
        case .serveInTurn(let parts):
            var part = 0
            while serve(parts, part) { part = (part + 1) % parts.count }
        case .stall(let bytes, let count):
            _ = send(bytes[..<count])
        case .hangUp(let bytes, let seconds, let limit):
            _ = send(bytes, seconds: seconds, until: limit)
        }
    }

    private func serve(_ parts: [(bytes: [UInt8], seconds: Double)], _ index: Int) -> Bool {
        server.noteRecording(index)
        return send(parts[index].bytes, seconds: parts[index].seconds)
    }

    private var isCurrent: Bool { server.isCurrent(generation) }

    private func waitForChange() { while !TestTimeout.wait(for: { !isCurrent }) {} }

    /// Sends a recording in real time.
    ///
    /// - Parameter limit: seconds after which the connection ends.
    /// - Returns: whether the client and the behaviour are still there.
    private func send(_ bytes: [UInt8], seconds: Double, until limit: Double = .infinity) -> Bool {
        let start = Date()
        var sent = 0
        while sent < bytes.count {
            let elapsed = Date().timeIntervalSince(start)
            guard isCurrent else {
                if server.breaksOff { _ = send(bytes[sent...].prefix(77)) }
                return false
            }
            guard elapsed < limit else { return false }
            // Ahead of real time, as cameras begin with the frames that they have buffered.
            let packets = Int(Double(bytes.count) * (elapsed + 0.2) / seconds) / Self.packet + 1
            let due = min(bytes.count, packets * Self.packet)
            if due > sent, !send(bytes[sent..<due]) { return false }
            sent = max(sent, due)
            usleep(10_000)  // the interval of packets
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
