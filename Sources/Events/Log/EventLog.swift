import Basics
import Dispatch
import Glibc
import SystemPackage

/// The log file of a service: event records as JSON lines.
///
/// Each record is one `write` at the end of the file. Other processes may rename, truncate or remove the file at any
/// time; a new one is then created. Records wait in a buffer while nothing can be written, and writing is retried; a
/// `gap` record replaces the ones that the full buffer dropped. Only ``flush(seconds:)`` and the initializer wait for
/// the disk.
package final class EventLog: EventSink {
    private struct Inbox {
        var buffer: LineBuffer
        /// Whether a block that empties the buffer is queued or running.
        var isBusy = false
        /// Number of records that were taken from the buffer and are being written.
        var beingWritten = 0
        var progress = QueueProgress()
    }

    /// Settings of the log.
    package let settings: Settings
    private let clock: EventClock
    private let queue: DispatchQueue
    private let inbox: Mutex<Inbox>
    private let tally = Mutex(Statistics())
    private let writer: QueueConfined<LogWriter>

    /// Seconds between attempts to write.
    static let retryInterval = 0.5
    /// Seconds for which the initializer waits for the file.
    private static let openingTimeout = 3.0
    /// Seconds between checks of the age of rotated files and of the free space.
    private static let inspectionInterval = 60.0

    /// Opens the log, and repairs its end. If that fails, it is retried; see ``statistics``.
    package convenience init(settings: Settings, clock: EventClock = .system) {
        self.init(settings: settings, clock: clock, syncToDisk: fdatasync)
    }

    /// - Parameter syncToDisk: syncs the file of a descriptor, as `fdatasync` does.
    init(settings: Settings, clock: EventClock, syncToDisk: @escaping @Sendable (Int32) -> Int32) {
        self.settings = settings
        self.clock = clock
        queue = DispatchQueue(label: "event log", qos: .utility)
        inbox = Mutex(Inbox(buffer: LineBuffer(capacity: settings.capacity)))
        writer = QueueConfined(
            LogWriter(settings: settings, clock: clock, counts: tally, syncToDisk: syncToDisk), on: queue)
        // A file system that hangs must not block the caller for ever.
        let opened = DispatchGroup()
        queue.async(group: opened) { [self] in if !writer.access({ $0.open() }) { retryLater() } }
        _ = opened.wait(timeout: .now() + Self.openingTimeout)
        if settings.effectiveRetention.watchesTime { inspectLater() }
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

    /// Closes the file and opens its path again, as after `logrotate`. Returns at once.
    package func reopen() {
        queue.async { [self] in
            writer.access { writer in
                writer.endPause()
                writer.open()
            }
            drain()
        }
    }

    /// Waits until all records are written and synced.
    ///
    /// - Parameter seconds: time-out. Records that are not written by then are given up.
    package func flush(seconds: Double) {
        let done = DispatchGroup()
        queue.async(group: done) { [self] in
            writer.access { $0.endPause() }
            drain()
            writer.access { $0.sync() }
        }
        _ = done.wait(timeout: .now() + seconds)
    }

    /// Counts since the log was opened.
    package var statistics: Statistics {
        var statistics = tally.withLock { $0 }
        statistics.missed = inbox.withLock { $0.buffer.lostCount }
        return statistics
    }

    package var counts: SinkCounts {
        let now = statistics
        return SinkCounts(records: now.lines, bytes: now.bytes, errors: now.failures, missed: now.missed)
    }

    package var problem: String? {
        let now = statistics
        guard now.isFailing else { return nil }
        let reason = now.lastError.map { ": \(systemPhrase($0.rawValue))" } ?? ""
        return "\(settings.path) cannot be written to\(reason)"
    }

    package var progress: QueueProgress { inbox.withLock(\.progress) }

    /// The records of the log and its rotated files.
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
