import Dispatch
import Glibc

/// A connection to a reader: a descriptor, and the two things that may happen to it. It never waits.
///
/// It belongs to the queue of its ``EventSocket``, on which it tells what happens.
final class Connection {
    /// What came of reading or writing.
    enum Outcome: Equatable {
        case bytes(Int)
        /// Nothing now; it will be told when that changes.
        case wouldBlock
        /// The other side reads, or writes, no more.
        case closed
    }

    private let descriptor: Int32
    private let readable: any DispatchSourceRead
    private let writable: any DispatchSourceWrite
    private var isWatchingWritability = false
    private var isReading = true
    private var isClosed = false

    /// - Parameters:
    ///   - descriptor: is closed by the connection.
    ///   - whenReadable, whenWritable: are called on the queue.
    init(
        _ descriptor: Int32, queue: DispatchQueue, whenReadable: @escaping @Sendable () -> Void,
        whenWritable: @escaping @Sendable () -> Void
    ) {
        self.descriptor = descriptor
        readable = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        writable = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue)
        readable.setEventHandler(handler: whenReadable)
        writable.setEventHandler(handler: whenWritable)
        // The number may be given to another file only when nobody watches it any more.
        let open = DispatchGroup()
        open.enter()
        open.enter()
        readable.setCancelHandler { open.leave() }
        writable.setCancelHandler { open.leave() }
        open.notify(queue: queue) { close(descriptor) }
        readable.activate()
    }

    /// Whatever has come.
    func read(into buffer: inout [UInt8]) -> Outcome {
        guard !isClosed, isReading else { return .closed }
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 { return .bytes(count) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .wouldBlock : .closed
    }

    /// As much as there is room for.
    func write(_ bytes: ArraySlice<UInt8>) -> Outcome {
        guard !isClosed else { return .closed }
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return .bytes(count) }
        guard errno == EAGAIN || errno == EINTR else { return .closed }
        watchWritability(true)
        return .wouldBlock
    }

    /// Whether to be told when there is room.
    func watchWritability(_ wanted: Bool) {
        guard !isClosed, wanted != isWatchingWritability else { return }
        isWatchingWritability = wanted
        if wanted { writable.resume() } else { writable.suspend() }
    }

    /// The other side says no more. It may read on.
    func stopReading() {
        guard isReading else { return }
        isReading = false
        readable.cancel()
    }

    /// Whether the other side has gone altogether.
    var isGone: Bool {
        var state = pollfd(fd: descriptor, events: 0, revents: 0)
        return isClosed || (poll(&state, 1, 0) > 0 && state.revents & Int16(POLLHUP | POLLERR) != 0)
    }

    func finish() {
        guard !isClosed else { return }
        // A source that is suspended is never cancelled.
        watchWritability(true)
        isClosed = true
        stopReading()
        writable.cancel()
    }
}
