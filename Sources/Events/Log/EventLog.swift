import Basics
import Dispatch
import Glibc
import SystemPackage

/// The file with the events, as a service keeps it.
///
/// Each line is one `write` at the end of the file. The file may be renamed, truncated or removed by others at
/// any time; a new one is then begun. When nothing can be written, lines wait, and it is tried again; of those
/// that had no room to wait, a `gap` line says how many there were. No call waits for the disk but ``flush(seconds:)``.
package final class EventLog: EventSink {
    private struct Inbox {
        var buffer: LineBuffer
        /// Whether somebody is about to write what is in the buffer.
        var isBusy = false
        /// Lines that have been beingWritten and are being written.
        var beingWritten = 0
        var progress = QueueProgress()
    }

    package let settings: Settings
    private let clock: EventClock
    private let queue: DispatchQueue
    private let inbox: Mutex<Inbox>
    private let counts = Mutex(Statistics())
    private let writer: QueueConfined<LogWriter>

    /// Seconds until it is tried again to write.
    static let retryInterval = 0.5
    /// Seconds for which the start waits for the file.
    private static let openingTimeout = 3.0
    /// Seconds between looks at the age of files, and at the space that is left.
    private static let inspectionInterval = 60.0

    /// Opens the log, and mends it. If that fails it is tried again later; ``statistics`` tells.
    package convenience init(settings: Settings, clock: EventClock = .system) {
        self.init(settings: settings, clock: clock, syncToDisk: fdatasync)
    }

    /// - Parameter syncToDisk: brings a descriptor's file to the disk, as `fdatasync` does.
    init(settings: Settings, clock: EventClock, syncToDisk: @escaping @Sendable (Int32) -> Int32) {
        self.settings = settings
        self.clock = clock
        queue = DispatchQueue(label: "event log", qos: .utility)
        inbox = Mutex(Inbox(buffer: LineBuffer(capacity: settings.capacity)))
        writer = QueueConfined(
            LogWriter(settings: settings, clock: clock, counts: counts, syncToDisk: syncToDisk), on: queue)
        // A file system that hangs keeps nobody waiting for ever.
        let opened = DispatchGroup()
        queue.async(group: opened) { [self] in if !writer.access({ $0.open() }) { retryLater() } }
        _ = opened.wait(timeout: .now() + Self.openingTimeout)
        if settings.retention.watchesTime { inspectLater() }
    }

    package func add(_ line: EventLine) {
        let now = clock.monotonic()
        let begins = inbox.withLock { inbox in
            inbox.buffer.append(line)
            inbox.progress.wait(inbox.buffer.waiting + inbox.beingWritten, at: now)
            defer { inbox.isBusy = true }
            return !inbox.isBusy
        }
        if begins { queue.async { [self] in drain() } }
    }

    /// Closes the file, and opens what its name stands for now; as after `logrotate`. Returns at once.
    package func reopen() {
        queue.async { [self] in
            writer.access { writer in
                writer.endPause()
                writer.open()
            }
            drain()
        }
    }

    /// Waits until everything is written, but not for long; what cannot be written now is given up.
    package func flush(seconds: Double) {
        let done = DispatchGroup()
        queue.async(group: done) { [self] in
            writer.access { $0.endPause() }
            drain()
            writer.access { $0.sync() }
        }
        _ = done.wait(timeout: .now() + seconds)
    }

    package var statistics: Statistics {
        var statistics = counts.withLock { $0 }
        statistics.missed = inbox.withLock { $0.buffer.lostCount }
        return statistics
    }

    package var progress: QueueProgress { inbox.withLock(\.progress) }

    /// The lines that are in the log and in the files before it.
    package var history: LogHistory { LogHistory(path: settings.path) }

    // MARK: - On the queue

    private func drain() {
        while let line = take() {
            guard writer.access({ $0.write(line) }) else {
                inbox.withLock { inbox in
                    inbox.buffer.putBack(line)
                    inbox.beingWritten = 0
                }
                return retryLater()
            }
            let now = clock.monotonic()
            inbox.withLock { inbox in
                inbox.beingWritten = 0
                inbox.progress.finish(inbox.buffer.waiting, at: now)
            }
        }
        if !writer.access(\.isOpen) { retryLater() }
        syncLater()
    }

    private func take() -> EventLine? {
        let time = clock.wallClock()
        return inbox.withLock { inbox in
            let line = inbox.buffer.next(at: time)
            if line == nil { inbox.isBusy = false } else { inbox.beingWritten = 1 }
            return line
        }
    }

    private func retryLater() {
        guard writer.access({ $0.beginRetry() }) else { return }
        queue.asyncAfter(deadline: .now() + Self.retryInterval) { [weak self] in
            guard let self else { return }
            writer.access { $0.retry() }
            drain()
        }
    }

    private func syncLater() {
        guard let seconds = writer.access({ $0.beginSync() }) else { return }
        queue.asyncAfter(deadline: .now() + seconds) { [weak self] in
            guard let self else { return }
            writer.access { $0.sync() }
            syncLater()  // if that failed
        }
    }

    private func inspectLater() {
        queue.asyncAfter(deadline: .now() + Self.inspectionInterval) { [weak self] in
            guard let self else { return }
            writer.access { $0.removeOldFiles() }
            inspectLater()
        }
    }
}
