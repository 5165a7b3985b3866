import Basics
import Dispatch
import SystemPackage

/// State that survives a restart: the last sequence number, open events, and records that are not in the log yet.
///
/// The state file is small and is written on a queue of its own; only the initializer and ``flush(seconds:)`` wait
/// for it. Sequence numbers are reserved in advance, so that none is used twice even if the process is killed and the
/// log is gone. Thread-safe; events have to be noted in the order of their sequence numbers.
package final class EventStates: Sendable {
    /// Settings of the state file.
    package struct Settings: Sendable {
        /// Path of the file.
        package var path: String
        /// Maximum age of the state of open events in the file, in seconds.
        package var interval: Double
        /// Number of sequence numbers that are reserved at a time. At most as many are skipped when the process is
        /// killed.
        package var reserve: Int
        /// Time limit in seconds for reading the state of the previous run.
        package var readTimeout: Double

        package init(path: String, interval: Double = 2, reserve: Int = 1000, readTimeout: Double = 10) {
            self.path = path
            self.interval = interval
            self.reserve = reserve
            self.readTimeout = readTimeout
        }
    }

    /// Counts since the start.
    package struct Statistics: Sendable {
        /// Number of times the file was written.
        package var saves = 0
        /// Number of failed attempts to write the file.
        package var failures = 0
        /// Error of the last failure.
        package var lastError: Errno?
    }

    private let settings: Settings
    private let log: EventLog?
    private let file: AtomicFile
    private let queue = DispatchQueue(label: "states", qos: .utility)
    private let memory: Mutex<StateMemory>
    private let counts = Mutex(Statistics())
    private let saving = Mutex(QueueProgress())
    /// Warning for people if the state of the previous run could not be read; nil if it could.
    package let warning: String?

    /// Delay in seconds by which urgent changes are written together.
    private static let delay = 0.02
    /// Number of records at the end of the log that are read if there is no state file.
    private static let scanLimit = 100_000

    /// Reads the state of the previous run. If the file system does not answer in time, starts without: open events of
    /// that run then get no `end`, and sequence numbers continue from one that no earlier run has reached.
    ///
    /// - Parameters:
    ///   - settings: the state file and how it is written.
    ///   - log: the log of the event records. Its end tells which records are newer than the file.
    ///   - sequence: a sequence number that is already used, though neither the file nor the log may show it.
    package convenience init(settings: Settings, log: EventLog?, after sequence: Int = 0) {
        self.init(settings: settings, log: log, after: sequence, read: Self.read)
    }

    /// - Parameter read: reads the state file; returns nil if it does not exist or cannot be read.
    init(settings: Settings, log: EventLog?, after sequence: Int = 0, read: @escaping @Sendable (String) -> [UInt8]?) {
        self.settings = settings
        self.log = log
        file = AtomicFile(path: settings.path)
        let known = withDeadline(settings.readTimeout) { [file] in
            file.removeLeftovers()
            return Self.recover(read(settings.path).flatMap(StateFile.init), from: log)
        }
        warning = known == nil ? Self.silence(settings, log) : nil
        var recovery = known ?? .unknown(at: EventClock.system.wallClock())
        recovery.sequence = max(recovery.sequence, sequence)
        memory = Mutex(StateMemory(recovery, keepsPending: log != nil))
        let saved = DispatchGroup()
        queue.async(group: saved) { [self] in save(durably: true) }
        _ = saved.wait(timeout: .now() + settings.readTimeout)
    }

    private static func silence(_ settings: Settings, _ log: EventLog?) -> String {
        let files = [settings.path] + (log.map { [$0.settings.path] } ?? [])
        return "\(files.joined(separator: " or ")): cannot be read within \(Int(settings.readTimeout.rounded(.up))) s; "
            + "open events of the previous run are forgotten"
    }

    /// - Returns: nil if the file does not exist or cannot be read.
    private static func read(_ path: String) -> [UInt8]? {
        guard let reader = LineReader(path: path) else { return nil }
        return readBytes(reader.descriptor, at: 0, count: reader.size)
    }

    private static func recover(_ file: StateFile?, from log: EventLog?) -> Recovery {
        guard let log else { return Recovery(file: file, log: [], last: 0) }
        let last = log.history.lastSequence ?? 0
        let start = file?.sequence ?? max(0, last - scanLimit)
        let reader = HistoryReader(log.history, from: .after(start))
        var lines: [LoggedLine] = []
        while case let batch = reader.next(size: 65536), !(batch.isLast && batch.text.isEmpty) {
            lines += batch.text.split(separator: UInt8(ascii: "\n")).compactMap { LoggedLine($0) }
        }
        return Recovery(file: file, log: lines, last: last)
    }

    /// Last sequence number that was used.
    package var sequence: Int { memory.withLock { $0.sequence } }

    /// Returns the records that the previous run could not write, and the `end` records of its open events; nothing
    /// on later calls. They have to be written before any other record.
    package func takePendingEvents() -> [EventLine] {
        memory.withLock { memory in
            defer { memory.recoveredRecords = [] }
            return memory.recoveredRecords
        }
    }

    /// Notes an event about a label.
    ///
    /// - Parameter line: its record.
    package func note(_ event: Event, _ line: EventLine) {
        saveLater(memory.withLock { $0.note(event, line) })
    }

    /// Notes an event about an object.
    ///
    /// - Parameter line: its record.
    package func note(_ event: ObjectEvent, _ line: EventLine) {
        saveLater(memory.withLock { $0.note(event, line) })
    }

    /// Updates an open event of an object, without a record.
    package func progress(_ event: ObjectEvent) { saveLater(memory.withLock { $0.progress(event) }) }

    /// Notes an event about a source.
    ///
    /// - Parameter line: its record.
    package func note(_ event: SourceEvent, _ line: EventLine) {
        saveLater(memory.withLock { $0.note(event, line) })
    }

    /// Forgets the conditions (lost, frozen) of a source that is no longer watched.
    package func forget(source: String) { memory.withLock { $0.forget(source: source) } }

    /// Updates an open event, without a record.
    package func progress(_ event: Event) { saveLater(memory.withLock { $0.progress(event) }) }

    /// Returns a `state` record for each open event, count and condition, and the sequence number of the last event that
    /// they include. It is the sequence number of the `state` records, too.
    package func snapshot() -> (lines: [EventLine], sequence: Int) {
        memory.withLock { ($0.stateLines, $0.sequence) }
    }

    /// Waits until the state is in the file. Releases the reserved sequence numbers.
    ///
    /// - Parameter seconds: time-out.
    package func flush(seconds: Double) {
        let done = DispatchGroup()
        queue.async(group: done) { [self] in save(durably: true, isLast: true) }
        _ = done.wait(timeout: .now() + seconds)
    }

    /// Counts of the objects of all sources.
    package var objectCounts: ObjectCounts { memory.withLock { $0.counts } }

    /// Counts since the start.
    package var statistics: Statistics { counts.withLock { $0 } }

    /// Progress of the writes of the file, for the watchdog.
    package var progress: QueueProgress { saving.withLock { $0 } }

    // MARK: - Writing

    private func saveLater(_ urgency: StateMemory.Urgency) {
        let delay: Double
        switch urgency {
        case .none: return
        case .soon: delay = Self.delay
        case .later: delay = settings.interval
        }
        queue.asyncAfter(deadline: .now() + delay) { [weak self] in
            guard let self, memory.withLock({ $0.isDirty }) else { return }
            save()
        }
    }

    /// - Parameters:
    ///   - durably: whether the file is synced even if no sequence numbers are reserved.
    ///   - isLast: whether the reserved sequence numbers are released.
    private func save(durably: Bool = false, isLast: Bool = false) {
        dispatchPrecondition(condition: .onQueue(queue))
        saving.withLock { $0.wait(1, at: EventClock.system.monotonic()) }
        defer { saving.withLock { $0.finish(0, at: EventClock.system.monotonic()) } }
        // Read before the state: a record that is logged meanwhile may then be kept needlessly, but none is lost.
        let logged = log?.statistics.sequence ?? 0
        let (state, extends) = memory.withLock { $0.file(logged: logged, reserve: isLast ? 0 : settings.reserve) }
        do {
            try file.replace(with: [state.bytes], permissions: .masked(0o600), isDurable: durably || extends)
            counts.withLock { $0.saves += 1 }
            memory.withLock { $0.reserved = state.reserved }
        } catch {
            counts.withLock { counts in
                counts.failures += 1
                counts.lastError = error
            }
            saveLater(memory.withLock { $0.retry() })
        }
    }
}
