import Foundation
import Glibc

/// Named pipe of a test. Only the test writes to it.
package final class NamedPipe {
    package let path: String
    private var descriptor: Int32 = -1

    /// Creates the pipe.
    ///
    /// - Throws: `POSIXError` if there is a file at the path.
    package init(_ path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw POSIXError(.EIO) }
    }

    deinit { close() }

    /// Opens the pipe for writing, with or without a reader. Readers find no end of file until ``close()``.
    package func hold() { descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC) }

    /// Writes bytes. Blocks while the pipe is full.
    ///
    /// - Precondition: ``hold()`` was called.
    package func write(_ bytes: some Collection<UInt8>) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, min($0.count, 4096)) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Writes bytes on a new thread, until all are written or the last reader closes the pipe.
    package func feed(_ bytes: some Collection<UInt8>) {
        let data = Data(bytes)
        Thread.detachNewThread { [path] in
            // A write without a reader must not end the tests.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            try? FileHandle(forWritingAtPath: path)?.write(contentsOf: data)
        }
    }

    /// Closes the writing end. Readers find the end of file.
    package func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Whether this process has a pipe open (proc(5), `/proc/self/fd`).
    package static func isOpen(_ path: String) -> Bool {
        var pipe = stat()
        guard stat(path, &pipe) == 0 else { return false }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.contains { name in
            var file = stat()
            return stat("/proc/self/fd/" + name, &file) == 0 && file.st_dev == pipe.st_dev && file.st_ino == pipe.st_ino
        }
    }
}

/// File whose opening blocks, as on a file server that does not answer.
///
/// The test holds a lease on the file, which the kernel breaks after 45 s (fcntl(2)).
package final class HangingFile {
    private let descriptor: Int32

    // <fcntl.h> declares these only with _GNU_SOURCE.
    private static let setSignal: Int32 = 10
    private static let setLease: Int32 = 1024
    private static let getLease: Int32 = 1025

    /// Takes a lease on a file.
    ///
    /// - Parameter path: path of an existing file that no process has open.
    /// - Throws: `POSIXError`.
    package init(_ path: String) throws {
        descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
        // The kernel signals that somebody opens the file. SIGURG is ignored by default.
        guard descriptor >= 0, fcntl(descriptor, Self.setSignal, SIGURG) == 0,
            fcntl(descriptor, Self.setLease, Int32(F_WRLCK)) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    /// Whether a process is blocked in opening the file. The kernel then asks for a weaker lease.
    package var isAwaited: Bool { fcntl(descriptor, Self.getLease) != Int32(F_WRLCK) }
}
