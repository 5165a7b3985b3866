import Basics
import SystemPackage

/// What an ``EventLog`` does with its file, one step after the other. It belongs to the log's queue.
struct LogWriter {
    private let settings: EventLog.Settings
    private let clock: EventClock
    private let counts: Mutex<EventLog.Statistics>
    private let earlier: RotatedFiles
    private var file: LogFile?
    /// When it was looked at last whether the name still stands for the file, by the monotonic clock.
    private var lastSample = 0.0
    /// Nothing is tried while it is to be tried again later.
    private var isPausing = false
    private var retryIsDue = false
    private var syncIsDue = false
    private var isUnsynced = false
    /// Whether the file's name may not be on the disk yet.
    private var nameIsUnsynced = false
    private let syncToDisk: @Sendable (Int32) -> Int32
    /// When it may be tried again to begin a new file, by the monotonic clock.
    private var nextRotation = 0.0

    /// Seconds between looks at the name, and from a rotation that failed to the next.
    private static let samplingInterval = 1.0
    private static let rotationPause = 60.0

    /// - Parameter syncToDisk: brings a descriptor's file to the disk, as `fdatasync` does.
    init(
        settings: EventLog.Settings, clock: EventClock, counts: Mutex<EventLog.Statistics>,
        syncToDisk: @escaping @Sendable (Int32) -> Int32
    ) {
        self.syncToDisk = syncToDisk
        self.settings = settings
        self.clock = clock
        self.counts = counts
        earlier = RotatedFiles(path: settings.path)
    }

    /// Opens what the name stands for, whatever was open before.
    ///
    /// - Returns: whether it is open.
    @discardableResult
    mutating func open() -> Bool {
        sync()
        file = nil
        do {
            let file = try LogFile(path: settings.path, mode: settings.mode)
            if file.wasMended { counts.withLock { $0.mended += 1 } }
            self.file = file
            nameIsUnsynced = true
        } catch {
            fail(error)
            return false
        }
        lastSample = clock.monotonic()
        counts.withLock { $0.cannotWrite = false }
        removeOldFiles()
        return true
    }

    /// Writes a line.
    ///
    /// - Returns: false if it could not be written, or it is not yet time to try again.
    mutating func write(_ line: EventLine) -> Bool {
        guard !isPausing, prepare(for: line.text.count), let file else { return false }
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

    /// Makes sure that the file is open, and the one that the name stands for, and not too large.
    private mutating func prepare(for count: Int) -> Bool {
        guard let file, isStillThere(file) else { return open() }
        guard let size = file.size else { return true }
        let now = clock.monotonic()
        let age = file.began.map { Double(clock.wallClock().milliseconds - $0.milliseconds) / 1000 } ?? 0
        guard settings.rotation.isDue(size: size, adding: count, age: age), now >= nextRotation else { return true }
        return rotate(at: now)
    }

    /// That a file has been removed is seen at once; that its name stands for another one, after a second.
    private mutating func isStillThere(_ file: LogFile) -> Bool {
        if file.isRegular, file.size == nil { return false }
        let now = clock.monotonic()
        guard now - lastSample >= Self.samplingInterval else { return true }
        lastSample = now
        return file.isCurrent
    }

    private mutating func rotate(at now: Double) -> Bool {
        if let error = earlier.rotate() {
            nextRotation = now + Self.rotationPause
            note(Errno(rawValue: error))
            return true
        }
        counts.withLock { $0.rotations += 1 }
        return open()
    }

    /// Removes earlier files that are too many, too old, or in the way.
    mutating func removeOldFiles() {
        let now = Double(clock.wallClock().milliseconds) / 1000
        let entries = earlier.entries()
        let files = zip(entries, RetentionPolicy.ages(entries.map(\.modified), now: now)).map { entry, age in
            RetentionPolicy.File(number: entry.number, size: entry.size, age: age)
        }
        for number in settings.retention.filesToDelete(files, free: earlier.freeSpace) {
            earlier.remove(number)
            counts.withLock { $0.removed += 1 }
        }
    }

    // MARK: - Bringing it to the disk

    /// Brings what was written to the disk, with the name of a file that is new. If that fails, ``beginSync()`` asks
    /// for another attempt.
    mutating func sync() {
        syncIsDue = false
        guard isUnsynced, settings.fsync != .none, let file else { return }
        do {
            try file.sync(syncToDisk)
            if nameIsUnsynced, file.isRegular { try Folder.sync(of: settings.path) }
            (isUnsynced, nameIsUnsynced) = (false, false)
            counts.withLock { $0.cannotSync = false }
        } catch {
            note(error)
            counts.withLock { $0.cannotSync = true }
        }
    }

    /// - Returns: seconds after which somebody has to see to it that ``sync()`` is called; nil if nobody has to.
    mutating func beginSync() -> Double? {
        guard isUnsynced, !syncIsDue, settings.fsync != .none else { return nil }
        syncIsDue = true
        guard case .interval(let seconds) = settings.fsync else { return EventLog.pause }
        return seconds
    }

    // MARK: - Trying again

    /// - Returns: whether somebody has to see to it that it is tried again.
    mutating func beginRetry() -> Bool {
        isPausing = true
        defer { retryIsDue = true }
        return !retryIsDue
    }

    mutating func retry() {
        retryIsDue = false
        endPause()
        if !isOpen { open() }
    }

    /// Tries again at once, whoever will try again later.
    mutating func endPause() { isPausing = false }

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
