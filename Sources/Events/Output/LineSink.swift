import Confinement
import Dispatch
import SystemPackage

/// Where lines go: a file, or a stream such as standard output.
///
/// Lines are written on a queue of its own, one `write` each, whole. Whoever adds lines faster than they
/// can be written waits: nothing is dropped.
public final class LineSink: Sendable {
    /// A line that could not be written.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let path: String
        public let error: Errno
        /// Whether the file could not even be opened.
        public let isOpening: Bool

        public var description: String { "\(path): cannot write: \(error.description.lowercased())" }
    }

    private let path: String
    private let file: FileDescriptor
    private let closesFile: Bool
    private let around: @Sendable (() -> Void) -> Void
    private let queue: DispatchQueue
    private let room: DispatchSemaphore
    private let failure = Guarded<Failure?>(nil)

    /// How many lines may wait.
    private static let capacity = 1024

    private init(
        path: String, file: FileDescriptor, closesFile: Bool,
        around: @escaping @Sendable (() -> Void) -> Void = { $0() }
    ) {
        self.path = path
        self.file = file
        self.closesFile = closesFile
        self.around = around
        queue = DispatchQueue(label: "sink \(path)")
        room = DispatchSemaphore(value: Self.capacity)
    }

    deinit { if closesFile { try? file.close() } }

    /// Opens a file, which is emptied if it is there.
    ///
    /// - Throws: ``Failure``.
    public static func file(_ path: String) throws(Failure) -> LineSink {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            return LineSink(path: path, file: file, closesFile: true)
        } catch {
            throw Failure(path: path, error: error as? Errno ?? .ioError, isOpening: true)
        }
    }

    /// Standard output.
    ///
    /// - Parameter around: calls what it is given, which writes a line; for those who share a terminal.
    public static func standardOutput(
        around: @escaping @Sendable (() -> Void) -> Void = { $0() }
    ) -> LineSink {
        LineSink(path: "standard output", file: .standardOutput, closesFile: false, around: around)
    }

    /// Adds a line, when there is room for it. Does nothing once a line could not be written.
    public func add(_ line: JSONLine) {
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            around { write(line.line) }
        }
    }

    /// Writes a line, and returns when it is written. Does nothing once a line could not be written.
    func write(_ line: JSONLine) {
        queue.sync { around { write(line.line) } }
    }

    /// Why a line could not be written, if one could not.
    public var currentFailure: Failure? { failure.withLock { $0 } }

    /// Waits until everything is written.
    ///
    /// - Throws: ``Failure`` if a line could not be written.
    public func flush() throws(Failure) {
        queue.sync {}
        if let failure = currentFailure { throw failure }
    }

    private func write(_ bytes: [UInt8]) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard currentFailure == nil else { return }
        do {
            try file.writeAll(bytes)
        } catch {
            let failure = Failure(path: path, error: error as? Errno ?? .ioError, isOpening: false)
            self.failure.withLock { $0 = failure }
        }
    }
}
