import Basics
import Dispatch
import Glibc
import SystemPackage

/// Where lines go: a file, or a stream such as standard output.
///
/// Lines are written on a queue of its own, one `write` each, whole. Whoever adds lines faster than they
/// can be written waits: nothing is dropped.
package final class LineSink: Sendable {
    /// A line that could not be written.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// Where it was to go.
        package let path: String
        /// What the system said.
        package let error: Errno
        /// Whether the file could not even be opened.
        package let isOpening: Bool
        /// Whether it is standard output.
        package let isStandardOutput: Bool

        init(path: String, error: Errno, isOpening: Bool, isStandardOutput: Bool) {
            (self.path, self.error) = (path, error)
            (self.isOpening, self.isStandardOutput) = (isOpening, isStandardOutput)
        }

        /// A file that could not be opened.
        package init(opening path: String, error: Errno) {
            self.init(path: path, error: error, isOpening: true, isStandardOutput: false)
        }

        package var description: String { "\(path): cannot write: \(systemPhrase(error.rawValue))" }
    }

    private let path: String
    private let file: FileDescriptor
    private let closesFile: Bool
    private let wrap: @Sendable (() -> Void) -> Void
    private let queue: DispatchQueue
    private let freeSlots: DispatchSemaphore
    private let failure = Mutex<Failure?>(nil)

    /// How many lines may wait.
    private static let capacity = 1024

    private init(
        path: String, file: FileDescriptor, closesFile: Bool,
        wrap: @escaping @Sendable (() -> Void) -> Void = { $0() }
    ) {
        self.path = path
        self.file = file
        self.closesFile = closesFile
        self.wrap = wrap
        queue = DispatchQueue(label: "sink \(path)")
        freeSlots = DispatchSemaphore(value: Self.capacity)
    }

    deinit { if closesFile { try? file.close() } }

    /// Opens a file. What it holds stays until ``empty()``.
    ///
    /// - Throws: ``Failure``.
    package static func file(_ path: String) throws(Failure) -> LineSink {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            return LineSink(path: path, file: file, closesFile: true)
        } catch {
            throw Failure(path: path, error: error as? Errno ?? .ioError, isOpening: true, isStandardOutput: false)
        }
    }

    /// Removes what the file holds. Does nothing to what is no file.
    package func empty() {
        queue.sync { if isFile { _ = ftruncate(file.rawValue, 0) } }
    }

    /// Which file it is, however it was called; `nil` for standard output, and for what is no file.
    package var identity: FileIdentity? { isFile ? FileIdentity(file.rawValue) : nil }

    private var isFile: Bool { closesFile && FileIdentity(file.rawValue) != nil }

    /// Standard output.
    ///
    /// - Parameter wrap: calls what it is given, which writes a line; for those who share a terminal.
    package static func standardOutput(
        wrap: @escaping @Sendable (() -> Void) -> Void = { $0() }
    ) -> LineSink {
        LineSink(path: "standard output", file: .standardOutput, closesFile: false, wrap: wrap)
    }

    /// Ends the line that a file ends with, if it was torn: the next would go on in it.
    package func endTornLine() {
        queue.sync {
            guard isFile, let last = lastByte, last != UInt8(ascii: "\n") else { return }
            writeAll([UInt8(ascii: "\n")])
        }
    }

    /// Nil if the file is empty, or may not be read.
    private var lastByte: UInt8? {
        guard let reader = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
            return nil
        }
        defer { try? reader.close() }
        var byte: UInt8 = 0
        let count = lseek(reader.rawValue, -1, SEEK_END) < 0 ? 0 : Glibc.read(reader.rawValue, &byte, 1)
        return count == 1 ? byte : nil
    }

    /// Adds a line, when there is freeSlots for it. Does nothing once a line could not be written.
    package func add(_ line: JSONLine) { add(line.line) }

    /// Adds bytes that are a line, as above.
    package func add(_ line: [UInt8]) {
        freeSlots.wait()
        queue.async { [self] in
            defer { freeSlots.signal() }
            wrap { writeAll(line) }
        }
    }

    /// Writes a line, and returns when it is written. Does nothing once a line could not be written.
    func write(_ line: [UInt8]) {
        queue.sync { wrap { writeAll(line) } }
    }

    /// Why a line could not be written, if one could not.
    package var currentFailure: Failure? { failure.withLock { $0 } }

    /// Waits until everything is written.
    ///
    /// - Throws: ``Failure`` if a line could not be written.
    package func flush() throws(Failure) {
        queue.sync {}
        if let failure = currentFailure { throw failure }
    }

    private func writeAll(_ bytes: [UInt8]) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard currentFailure == nil else { return }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                waitUntilWritable()
            } else if errno != EINTR {
                return fail(Errno(rawValue: errno), torn: bytes.count - rest.count)
            }
        }
    }

    /// Somebody has told the system not to wait for whoever reads: so we do.
    private func waitUntilWritable() {
        var descriptor = pollfd(fd: file.rawValue, events: Int16(POLLOUT), revents: 0)
        _ = poll(&descriptor, 1, -1)
    }

    /// - Parameter torn: bytes of a line that was not written to its end. They are taken back, if it is a file.
    private func fail(_ error: Errno, torn: Int) {
        if torn > 0, isFile, case let end = lseek(file.rawValue, 0, SEEK_END), end >= torn {
            _ = ftruncate(file.rawValue, end - torn)
        }
        let failure = Failure(path: path, error: error, isOpening: false, isStandardOutput: !closesFile)
        self.failure.withLock { $0 = failure }
    }
}
