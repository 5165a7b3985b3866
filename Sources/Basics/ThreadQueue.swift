import CLinux
import Dispatch
import Glibc

/// A serial queue with a thread of its own, for calls that block.
///
/// Dispatch runs all of its queues on one pool of at most 255 threads. Calls that wait for a camera would take
/// them one by one, until nothing is left for anybody else. The thread of this queue is there only while there
/// is work: it ends with the last piece.
package final class ThreadQueue: Sendable {
    private struct State: Sendable {
        var work: [@Sendable () -> Void] = []
        var hasThread = false
    }

    /// What the system calls the thread; at most fifteen bytes of it.
    package let label: String
    private let stackSize: Int
    private let state = Mutex(State())

    /// Bytes of stack that FFmpeg's demuxers and decoders can do with. They touch a tenth of it, and what is not
    /// touched takes no memory.
    package static let readerStack = 1 << 20
    /// Seconds after which a thread that the system refused is asked for again.
    private static let pause = 1.0

    /// - Parameter stackSize: of its thread, in bytes; a multiple of the size of a page.
    package init(label: String, stackSize: Int = readerStack) {
        self.label = label
        self.stackSize = stackSize
    }

    /// Runs `work` on the queue's thread, behind what it was given before. Returns at once.
    package func async(_ work: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.work.append(work)
            defer { state.hasThread = true }
            return !state.hasThread
        }
        if needsThread { startThread() }
    }

    /// Whether this is called by work of the queue.
    package var isCurrent: Bool {
        pthread_getspecific(Self.current) == UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    // MARK: - The thread

    /// Where a thread keeps the queue that it works for.
    private static let current: pthread_key_t = {
        var key = pthread_key_t()
        let result = pthread_key_create(&key, nil)
        precondition(result == 0, "pthread_key_create: \(String(cString: strerror(result)))")
        return key
    }()

    /// Starts the thread. When there are too many in the process, it is tried again.
    private func startThread() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let result = pthread_attr_setstacksize(&attributes, stackSize)
        precondition(result == 0, "a stack of \(stackSize) bytes: \(String(cString: strerror(result)))")
        var thread = pthread_t()
        let queue = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadQueue>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, queue.toOpaque())
        guard failure != 0 else { return }
        queue.release()
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.pause) { [self] in startThread() }
    }

    private func run() {
        Self.leaveSignalsToOthers()
        pthread_setname_np(pthread_self(), String(decoding: label.utf8.prefix(15), as: UTF8.self))
        pthread_setspecific(Self.current, Unmanaged.passUnretained(self).toOpaque())
        while let work = next() { work() }
    }

    /// - Returns: `nil` when there is no more. Then the thread ends, and the next piece of work gets another.
    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.work.isEmpty else {
                state.hasThread = false
                return nil
            }
            return state.work.removeFirst()
        }
    }

    /// What is sent to the process is for whoever waits for it; only what the thread does itself is its own.
    private static func leaveSignalsToOthers() {
        var signals = sigset_t()
        sigfillset(&signals)
        for own in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&signals, own) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}

/// Does something that may never return, such as opening a file on a file system that hangs, on a thread of its own.
///
/// - Parameter seconds: for which it is waited for. After that its thread is abandoned, and so is its result.
/// - Returns: nil if it has not returned by then.
package func withDeadline<Value: Sendable>(_ seconds: Double, _ body: @escaping @Sendable () -> Value) -> Value? {
    let value = Mutex<Value?>(nil)
    let done = DispatchGroup()
    DispatchQueue(label: "deadline").async(group: done) {
        let result = body()
        value.withLock { $0 = result }
    }
    _ = done.wait(timeout: .now() + seconds)
    return value.withLock { $0 }
}
