import CLinux
import Dispatch
import Glibc

/// Serial queue with a thread of its own, for blocking calls.
///
/// Dispatch runs all of its queues on one pool of at most 255 threads. Calls that wait for a camera would occupy them
/// one by one and starve all other queues. The thread of this queue exists only while there is work.
package final class ThreadQueue: Sendable {
    private struct State: Sendable {
        var work: [@Sendable () -> Void] = []
        var hasThread = false
    }

    /// Name of the queue. Its first fifteen bytes are the name of the thread.
    package let label: String
    private let stackSize: Int
    private let state = Mutex(State())

    /// Stack size for FFmpeg's demuxers and decoders, in bytes. They use a tenth of it; untouched pages take no memory.
    package static let readerStack = 1 << 20
    /// Seconds until the next attempt after the system refused a thread.
    private static let pause = 1.0

    /// - Parameter stackSize: stack size of the thread, in bytes; a multiple of the page size.
    package init(label: String, stackSize: Int = readerStack) {
        self.label = label
        self.stackSize = stackSize
    }

    /// Runs `work` on the queue's thread after all earlier work. Returns at once.
    package func async(_ work: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.work.append(work)
            defer { state.hasThread = true }
            return !state.hasThread
        }
        if needsThread { startThread() }
    }

    /// Whether the caller runs on the queue.
    package var isCurrent: Bool {
        pthread_getspecific(Self.current) == UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    // MARK: - The thread

    /// Key of the thread's queue.
    private static let current: pthread_key_t = {
        var key = pthread_key_t()
        let result = pthread_key_create(&key, nil)
        precondition(result == 0, "pthread_key_create: \(String(cString: strerror(result)))")
        return key
    }()

    /// Starts the thread. If the system refuses it, as when there are too many, tries again after a pause.
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
        Self.blockSignals()
        pthread_setname_np(pthread_self(), String(decoding: label.utf8.prefix(15), as: UTF8.self))
        pthread_setspecific(Self.current, Unmanaged.passUnretained(self).toOpaque())
        while let work = next() { work() }
    }

    /// - Returns: `nil` if no work is left. Then the thread ends, and the next work item starts another.
    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.work.isEmpty else {
                state.hasThread = false
                return nil
            }
            return state.work.removeFirst()
        }
    }

    /// Blocks the signals that are sent to the process, which other threads handle. Those of the thread's own faults
    /// stay.
    private static func blockSignals() {
        var signals = sigset_t()
        sigfillset(&signals)
        for own in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&signals, own) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}

/// Runs a call that may never return, such as opening a file on a file system that hangs, on another thread.
///
/// - Parameter seconds: timeout. After it, the thread and its result are abandoned.
/// - Returns: `nil` after the timeout.
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
