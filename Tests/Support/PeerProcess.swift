import Foundation
import Glibc

/// A camera that is another program: a server of somebody else's, which is killed, started again, and stopped.
package final class PeerProcess {
    package let port: UInt16
    private let program: String
    private let arguments: [String]
    private var process: Process?

    package struct DoesNotListen: Error { var program: String }

    /// Starts it, and waits until it listens.
    ///
    /// - Parameter arguments: for its port.
    package init(_ program: String, arguments: (UInt16) -> [String]) throws {
        port = try Loopback.freePort()
        self.program = program
        self.arguments = arguments(port)
        try start()
    }

    /// Starts it again, and waits until it listens.
    package func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        // When whoever reads goes away, it complains.
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        let end = Date().addingTimeInterval(15)
        while !Loopback.isServed(port: port, by: process.processIdentifier) {
            guard process.isRunning, Date() < end else { throw DoesNotListen(program: program) }
            usleep(10_000)
        }
    }

    /// Ends it, as a camera that is unplugged.
    package func kill() {
        guard let process, process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// It does nothing more, and everything it holds stays as it is: it hangs.
    package func hang() { send(SIGSTOP) }

    /// It goes on where it was.
    package func goOn() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        if let process { Glibc.kill(process.processIdentifier, signal) }
    }
}
