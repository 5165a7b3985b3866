import Basics
import SystemPackage

/// Writes, rotates and syncs the file of an ``EventLog``. Not thread-safe: it belongs to the log's queue.
struct LogWriter {
    private let settings: EventLog.Settings
    private let clock: EventClock
    private let counts: Mutex<EventLog.Statistics>
    private let rotatedFiles: RotatedFiles
    private var file: LogFile?
    /// Time of the last check that the path leads to the open file, by the monotonic clock.
    private var lastNameCheck = 0.0
    /// Whether writing is paused until the next retry.
    private var isPausing = false
    private var retryIsDue = false
    private var syncIsDue = false
    private var isUnsynced = false
    /// Whether the folder entry of the file may not be on the disk yet.
    private var isNameUnsynced = false
    private let syncToDisk: @Sendable (Int32) -> Int32
    /// Earliest time of the next rotation, by the monotonic clock.
    private var nextRotation = 0.0

    /// Seconds between checks of the path, and from a failed rotation to the next.
    private static let nameCheckInterval = 1.0
    private static let rotationPause = 60.0

    /// - Parameter syncToDisk: syncs the file of a descriptor, as `fdatasync` does.
    init(
        settings: EventLog.Settings, clock: EventClock, counts: Mutex<EventLog.Statistics>,
        syncToDisk: @escaping @Sendable (Int32) -> Int32
    ) {
        self.syncToDisk = syncToDisk
        self.settings = settings
        self.clock = clock
        self.counts = counts
        rotatedFiles = RotatedFiles(path: settings.path)
    }

    /// Opens the file at the path, whatever was open before.
    ///
    /// - Returns: whether the file is open.
    @discardableResult
    mutating func open() -> Bool {
        sync()
        file = nil
        do {
            let file = try LogFile(path: settings.path, mode: settings.mode)
            if file.wasRepaired { counts.withLock { $0.mended += 1 } }
            self.file = file
            isNameUnsynced = true
        } catch {
            fail(error)
            return false
        }
        lastNameCheck = clock.monotonic()
        counts.withLock { $0.cannotWrite = false }
        removeOldFiles()
        return true
    }

    /// Writes a record.
    ///
    /// - Returns: false if it could not be written, or writing is paused.
    mutating func write(_ line: EventLine) -> Bool {
        guard !isPausing, openOrRotate(for: line.text.count), let file else { return false }
        do {
            try file.append(line.text, at: clock.wallClock())
        } catch {
            self.file = nil
            fail(error)
            if error == .noSpace { removeOldFiles() }
            return false
        }
        counts.withLock { counts in
            counts.lines += 1
            counts.bytes += line.text.count
            counts.sequence = line.sequence
            counts.cannotWrite = false
        }
        isUnsynced = true
        if settings.fsync == .each { sync() }
        return true
    }

    /// Opens the file if it is not open or not the one at the path, and rotates it if it is due.
    ///
    /// - Returns: whether a file is open.
    private mutating func openOrRotate(for count: Int) -> Bool {
        guard let file, isUsable(file) else { return open() }
        guard let size = file.size else { return true }
        let now = clock.monotonic()
        let age = file.firstRecordTime.map { Double(clock.wallClock().milliseconds - $0.milliseconds) / 1000 } ?? 0
        guard settings.rotation.isDue(size: size, adding: count, age: age), now >= nextRotation else { return true }
        return rotate(at: now)
    }

    /// Whether the file has not been removed or renamed. Detects a removal at once, a rename within
    /// ``nameCheckInterval``.
    private mutating func isUsable(_ file: LogFile) -> Bool {
        if file.isRegular, file.size == nil { return false }
        let now = clock.monotonic()
        guard now - lastNameCheck >= Self.nameCheckInterval else { return true }
        lastNameCheck = now
        return file.isCurrent
    }

    private mutating func rotate(at now: Double) -> Bool {
        if let error = rotatedFiles.rotate() {
            nextRotation = now + Self.rotationPause
            note(Errno(rawValue: error))
            return true
        }
        counts.withLock { $0.rotations += 1 }
        return open()
    }

    /// Removes rotated files by the retention policy.
    mutating func removeOldFiles() {
        let now = Double(clock.wallClock().milliseconds) / 1000
        let entries = rotatedFiles.entries()
        let files = zip(entries, RetentionPolicy.ages(entries.map(\.modified), now: now)).map { entry, age in
            RetentionPolicy.File(number: entry.number, size: entry.size, age: age)
        }
        for number in settings.effectiveRetention.filesToDelete(files, free: rotatedFiles.freeSpace) {
            rotatedFiles.remove(number)
            counts.withLock { $0.removed += 1 }
        }
    }

    // MARK: - Syncing

    /// Syncs the file, and the folder entry of a new file. After a failure, ``beginSync()`` asks for another attempt.
    mutating func sync() {
        syncIsDue = false
        guard isUnsynced, settings.fsync != .none, let file else { return }
        do {
            try file.sync(syncToDisk)
            if isNameUnsynced, file.isRegular { try Folder.sync(of: settings.path) }
            (isUnsynced, isNameUnsynced) = (false, false)
            counts.withLock { $0.cannotSync = false }
        } catch {
            note(error)
            counts.withLock { $0.cannotSync = true }
        }
    }

    /// - Returns: seconds after which the caller has to call ``sync()``; nil if there is nothing to sync or a sync is
    ///   scheduled.
    mutating func beginSync() -> Double? {
        guard isUnsynced, !syncIsDue, settings.fsync != .none else { return nil }
        syncIsDue = true
        guard case .interval(let seconds) = settings.fsync else { return EventLog.retryInterval }
        return seconds
    }

    // MARK: - Retrying

    /// Pauses writing.
    ///
    /// - Returns: whether the caller has to schedule ``retry()``; false if it is scheduled.
    mutating func beginRetry() -> Bool {
        isPausing = true
        defer { retryIsDue = true }
        return !retryIsDue
    }

    /// Continues writing after a pause, and opens the file if it is not open.
    mutating func retry() {
        retryIsDue = false
        endPause()
        if !isOpen { open() }
    }

    /// Allows writing at once, even if a retry is scheduled.
    mutating func endPause() { isPausing = false }

    /// Whether the file is open.
    var isOpen: Bool { file != nil }

    private func fail(_ error: Errno) {
        note(error)
        counts.withLock { $0.cannotWrite = true }
    }

    private func note(_ error: Errno) {
        counts.withLock { counts in
            counts.failures += 1
            counts.lastError = error
        }
    }
}
