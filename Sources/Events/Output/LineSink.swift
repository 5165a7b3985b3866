import Basics
import Dispatch
import Glibc
import SystemPackage

/// Writes lines to a file, or to a stream such as standard output.
///
/// Lines are written on a queue of the sink, whole, one `write` each. Nothing is dropped: ``add(_:)`` blocks while
/// the buffer is full.
package final class LineSink: Sendable {
    /// A failed write or open.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// Path of the file, or `standard output`.
        package let path: String
        /// Error of the system.
        package let error: Errno
        /// Whether the file could not be opened.
        package let isOpening: Bool
        /// Whether the sink is standard output.
        package let isStandardOutput: Bool

        init(path: String, error: Errno, isOpening: Bool, isStandardOutput: Bool) {
            (self.path, self.error) = (path, error)
            (self.isOpening, self.isStandardOutput) = (isOpening, isStandardOutput)
        }

        /// Creates the failure of an open.
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

    /// Capacity of the buffer in lines.
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

    /// Opens a file for appending. Its contents stay until ``empty()``.
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

    /// Truncates the file. Does nothing if it is not a regular file.
    package func empty() {
        queue.sync { if isFile { _ = ftruncate(file.rawValue, 0) } }
    }

    /// Identity of the file; `nil` for standard output and for anything but a regular file.
    package var identity: FileIdentity? { isFile ? FileIdentity(file.rawValue) : nil }

    private var isFile: Bool { closesFile && FileIdentity(file.rawValue) != nil }

    /// Creates a sink for standard output.
    ///
    /// - Parameter wrap: is called on the sink's queue with a closure that writes a line, and has to call it. Allows
    ///   other writers to share the terminal.
    package static func standardOutput(
        wrap: @escaping @Sendable (() -> Void) -> Void = { $0() }
    ) -> LineSink {
        LineSink(path: "standard output", file: .standardOutput, closesFile: false, wrap: wrap)
    }

    /// Ends a torn line at the end of the file with a line feed. The next line would otherwise continue it.
    package func endTornLine() {
        queue.sync {
            guard isFile, let last = lastByte, last != UInt8(ascii: "\n") else { return }
            writeBytes([UInt8(ascii: "\n")])
        }
    }

    /// Last byte of the file; nil if the file is empty or unreadable.
    private var lastByte: UInt8? {
        guard let reader = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
            return nil
        }
        defer { try? reader.close() }
        var byte: UInt8 = 0
        let count = lseek(reader.rawValue, -1, SEEK_END) < 0 ? 0 : Glibc.read(reader.rawValue, &byte, 1)
        return count == 1 ? byte : nil
    }

    /// Adds a line; blocks while the buffer is full. Does nothing after a failure.
    package func add(_ line: JSONLine) { add(line.line) }

    /// Adds the bytes of a line; blocks while the buffer is full. Does nothing after a failure.
    package func add(_ line: [UInt8]) {
        freeSlots.wait()
        queue.async { [self] in
            defer { freeSlots.signal() }
            wrap { writeBytes(line) }
        }
    }

    /// Writes a line and returns when it is written. Does nothing after a failure.
    func write(_ line: [UInt8]) {
        queue.sync { wrap { writeBytes(line) } }
    }

    /// The first failure; nil if there is none.
    package var currentFailure: Failure? { failure.withLock { $0 } }

    /// Waits until all lines are written.
    ///
    /// - Throws: ``Failure`` if a line could not be written.
    package func flush() throws(Failure) {
        queue.sync {}
        if let failure = currentFailure { throw failure }
    }

    private func writeBytes(_ bytes: [UInt8]) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard currentFailure == nil else { return }
        do {
            // Another process that shares the descriptor may have made it non-blocking.
            try writeAll(bytes, to: file.rawValue, waitsForRoom: true)
        } catch {
            fail(error.error, torn: error.written)
        }
    }

    /// - Parameter torn: number of bytes written of a line that is incomplete. In a file they are truncated.
    private func fail(_ error: Errno, torn: Int) {
        if torn > 0, isFile, case let end = lseek(file.rawValue, 0, SEEK_END), end >= torn {
            _ = ftruncate(file.rawValue, end - torn)
        }
        let failure = Failure(path: path, error: error, isOpening: false, isStandardOutput: !closesFile)
        self.failure.withLock { $0 = failure }
    }
}
