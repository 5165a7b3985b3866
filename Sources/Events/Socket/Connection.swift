import Dispatch
import Glibc

/// Non-blocking connection to a reader.
///
/// Not thread-safe: it belongs to the queue of its ``EventSocket``, on which it calls its handlers.
final class Connection {
    /// Result of reading or writing.
    enum Outcome: Equatable {
        case bytes(Int)
        /// Nothing is possible now. A handler is called when that changes.
        case wouldBlock
        /// The other side has closed its end.
        case closed
    }

    private let descriptor: Int32
    private let readable: any DispatchSourceRead
    private let writable: any DispatchSourceWrite
    private var isWatchingWritability = false
    private var isReading = true
    private var isClosed = false

    /// - Parameters:
    ///   - descriptor: a connected, non-blocking socket. The connection closes it.
    ///   - queue: queue of the handlers.
    ///   - whenReadable: is called when there is something to read.
    ///   - whenWritable: is called when something can be written.
    init(
        _ descriptor: Int32, queue: DispatchQueue, whenReadable: @escaping @Sendable () -> Void,
        whenWritable: @escaping @Sendable () -> Void
    ) {
        self.descriptor = descriptor
        readable = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        writable = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
        readable.setEventHandler(handler: whenReadable)
        writable.setEventHandler(handler: whenWritable)
        // The descriptor must not be reused before both event sources are cancelled.
        let open = DispatchGroup()
        open.enter()
        open.enter()
        readable.setCancelHandler { open.leave() }
        writable.setCancelHandler { open.leave() }
        open.notify(queue: queue) { close(descriptor) }
        readable.activate()
    }

    /// Reads the available bytes.
    func read(into buffer: inout [UInt8]) -> Outcome {
        guard !isClosed, isReading else { return .closed }
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 { return .bytes(count) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .wouldBlock : .closed
    }

    /// Writes as many bytes as the socket accepts.
    func write(_ bytes: ArraySlice<UInt8>) -> Outcome {
        guard !isClosed else { return .closed }
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return .bytes(count) }
        guard errno == EAGAIN || errno == EINTR else { return .closed }
        watchWritability(true)
        return .wouldBlock
    }

    /// Sets whether `whenWritable` is called.
    func watchWritability(_ wanted: Bool) {
        guard !isClosed, wanted != isWatchingWritability else { return }
        isWatchingWritability = wanted
        if wanted { writable.resume() } else { writable.suspend() }
    }

    /// Stops reading after the other side has closed its writing end. It may still read.
    func stopReading() {
        guard isReading else { return }
        isReading = false
        readable.cancel()
    }

    /// Whether the other side has closed both ends.
    var isGone: Bool {
        var state = pollfd(fd: descriptor, events: 0, revents: 0)
        return isClosed || (poll(&state, 1, 0) > 0 && state.revents & Int16(POLLHUP | POLLERR) != 0)
    }

    /// Closes the connection. Its handlers are not called any more.
    func finish() {
        guard !isClosed else { return }
        // A suspended event source is never cancelled.
        watchWritability(true)
        isClosed = true
        stopReading()
        writable.cancel()
    }
}
