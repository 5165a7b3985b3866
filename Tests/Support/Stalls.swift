import Foundation
import Glibc

/// A pipe with a name, of a test: what is written to it, and no more.
package final class NamedPipe {
    package let path: String
    private var descriptor: Int32 = -1

    package init(_ path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw POSIXError(.EIO) }
    }

    deinit { close() }

    /// Opens it for writing, whether somebody reads or not, so that nobody reads to its end.
    package func hold() { descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC) }

    /// Writes, and waits for room. To be called after ``hold()``.
    package func write(_ bytes: some Collection<UInt8>) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, min($0.count, 4096)) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Writes on a thread of its own, until everything is written or nobody reads any more.
    package func feed(_ bytes: some Collection<UInt8>) {
        let data = Data(bytes)
        Thread.detachNewThread { [path] in
            // A reader that is gone must not end the tests.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            try? FileHandle(forWritingAtPath: path)?.write(contentsOf: data)
        }
    }

    /// What has been written is all.
    package func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

/// A file that hangs whoever opens it, as one of a file server that is gone: a lease on it has to be given up first
/// (fcntl(2)). The kernel waits for that for 45 s.
package final class HangingFile {
    private let descriptor: Int32

    /// - Parameter path: of a file that there is, and that nobody has open.
    package init(_ path: String) throws {
        // F_SETSIG, F_SETLEASE: for those who ask for GNU's names
        let (setSignal, setLease): (Int32, Int32) = (10, 1024)
        descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
        // A signal that nobody minds.
        guard descriptor >= 0, fcntl(descriptor, setSignal, SIGURG) == 0,
            fcntl(descriptor, setLease, Int32(F_WRLCK)) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }
}
