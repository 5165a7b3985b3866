import Foundation
import Glibc

/// Server of another project that plays a camera. Tests kill, restart and stop it.
package final class PeerProcess {
    package let port: UInt16
    private let program: String
    private let arguments: [String]
    private var process: Process?

    /// Failure of a server that did not listen on its port.
    package struct DoesNotListen: Error { var program: String }

    /// Starts the server on a free port, and waits until it listens.
    ///
    /// - Parameters:
    ///   - program: path of the executable.
    ///   - arguments: returns its arguments for a port.
    /// - Throws: ``DoesNotListen``.
    package init(_ program: String, arguments: (UInt16) -> [String]) throws {
        port = try Loopback.freePort()
        self.program = program
        self.arguments = arguments(port)
        try start()
    }

    /// Starts the server again, and waits until it listens.
    ///
    /// - Throws: ``DoesNotListen``.
    package func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        // It complains about clients that disconnect.
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        func listens() -> Bool { Loopback.isServed(port: port, by: process.processIdentifier) }
        let isOver = TestTimeout.wait { listens() || !process.isRunning }
        guard isOver, listens() else { throw DoesNotListen(program: program) }
    }

    /// Kills the server, as a camera that is unplugged.
    package func kill() {
        guard let process, process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Suspends the server. Its connections stay open.
    package func hang() { send(SIGSTOP) }

    /// Resumes the server.
    package func goOn() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        if let process { Glibc.kill(process.processIdentifier, signal) }
    }
}
