import Basics
import Dispatch
import SystemPackage

/// What outlives a restart: the numbers of lines, and what is present.
///
/// It is kept in a small file, which is written on a queue of its own; nobody waits for that but ``flush(seconds:)``
/// and the start. Numbers are reserved in advance, so that none is given twice even if the program is killed and
/// the log is gone. It may be told of everything from any thread, in the order of the numbers.
package final class EventStates: Sendable {
    /// How states are kept.
    package struct Settings: Sendable {
        /// The file.
        package var path: String
        /// Seconds after which it is known, at the latest, how what is present goes on.
        package var interval: Double
        /// How many numbers are reserved at a time: as many are left out at most when the program is killed.
        package var reserve: Int

        package init(path: String, interval: Double = 2, reserve: Int = 1000) {
            self.path = path
            self.interval = interval
            self.reserve = reserve
        }
    }

    /// Counts since the start.
    package struct Statistics: Sendable {
        /// How often the file was written.
        package var saves = 0
        /// How often it could not be.
        package var failures = 0
        /// What the system said the last time.
        package var lastError: Errno?
    }

    private let settings: Settings
    private let log: EventLog?
    private let file: AtomicFile
    private let queue = DispatchQueue(label: "states", qos: .utility)
    private let memory: Mutex<StateMemory>
    private let counts = Mutex(Statistics())
    private let saving = Mutex(QueueProgress())

    /// What is written soon is written together, in seconds.
    private static let delay = 0.02
    /// How many of the last lines are read when there is no state file.
    private static let scanLimit = 100_000

    /// Reads what an earlier run has left.
    ///
    /// - Parameters:
    ///   - log: that the lines are written to. It tells what was said after the file was written.
    ///   - sequence: a number that has been given already, though neither the file nor the log may know of it.
    package init(settings: Settings, log: EventLog?, after sequence: Int = 0) {
        self.settings = settings
        self.log = log
        file = AtomicFile(path: settings.path)
        file.removeLeftovers()
        var recovery = Self.recover(Self.read(settings.path).flatMap(StateFile.init), from: log)
        recovery.sequence = max(recovery.sequence, sequence)
        memory = Mutex(StateMemory(recovery, keepsPending: log != nil))
        queue.sync { save(durably: true) }
    }

    /// - Returns: nil if the file is not there, or cannot be read.
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

    /// The last number that was given.
    package var sequence: Int { memory.withLock { $0.sequence } }

    /// What an earlier run has left to be said; the first time that it is called. It is to be said before
    /// anything else.
    package func takePendingEvents() -> [EventLine] {
        memory.withLock { memory in
            defer { memory.pendingEvents = [] }
            return memory.pendingEvents
        }
    }

    /// Something was seen, or is not seen any more.
    ///
    /// - Parameter line: what is said of it.
    package func note(_ event: Event, _ line: EventLine) {
        saveLater(memory.withLock { $0.note(event, line) })
    }

    /// Something happened to a source.
    ///
    /// - Parameter line: what is said of it.
    package func note(_ event: SourceEvent, _ line: EventLine) {
        saveLater(memory.withLock { $0.note(event, line) })
    }

    /// Forgets that a source is lost or frozen: it is no longer watched.
    package func forget(source: String) { memory.withLock { $0.forget(source: source) } }

    /// Something that is present goes on; nothing is said of it.
    package func progress(_ event: Event) { saveLater(memory.withLock { $0.progress(event) }) }

    /// What is present: a line for each, and the number of the last line that is taken into account. That is the
    /// number of these lines, too.
    package func snapshot() -> (lines: [EventLine], sequence: Int) {
        memory.withLock { ($0.stateLines, $0.sequence) }
    }

    /// Waits until all that is known is in the file, but not for long. No numbers are reserved any more.
    package func flush(seconds: Double) {
        let done = DispatchGroup()
        queue.async(group: done) { [self] in save(durably: true, isLast: true) }
        _ = done.wait(timeout: .now() + seconds)
    }

    package var statistics: Statistics { counts.withLock { $0 } }

    /// Whether the file gets written.
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

    /// - Parameter isLast: whether no numbers are reserved any more.
    private func save(durably: Bool = false, isLast: Bool = false) {
        dispatchPrecondition(condition: .onQueue(queue))
        saving.withLock { $0.wait(1, at: EventClock.system.monotonic()) }
        defer { saving.withLock { $0.finish(0, at: EventClock.system.monotonic()) } }
        // Asked first: what is written to the log meanwhile is kept once too often, and never once too few.
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
