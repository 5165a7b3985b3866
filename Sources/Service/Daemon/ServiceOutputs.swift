import Basics
import Events
import Glibc
import Watch

/// Outputs of the events of the service.
struct ServiceOutputs {
    let log: EventLog?
    let states: EventStates
    private(set) var socket: EventSocket?
    private(set) var samples: LiveLineSink?
    private(set) var locks: [OwnerLock]

    /// Uses outputs that were prepared and published, and keeps the others. A log that cannot be written to is tried again
    /// later.
    ///
    /// - Parameter old: the outputs until now. Everything has been written to them.
    init(_ preparation: OutputPreparation, after old: ServiceOutputs? = nil) {
        let configuration = preparation.configuration
        if let old, !preparation.parts.contains(.eventLog) {
            log = old.log
        } else {
            log = configuration.events.log.map { EventLog(settings: $0.settings) }
        }
        if let old, preparation.parts.isDisjoint(with: [.eventLog, .state]) {
            states = old.states
        } else {
            // Readers that stay connected rely on sequence numbers, so these continue with a new log or folder.
            let settings = EventStates.Settings(path: configuration.state + "/events.json")
            states = EventStates(settings: settings, log: log, after: old?.states.sequence ?? 0)
        }
        (socket, samples, locks) = (old?.socket, old?.samples, preparation.locks)
        socket?.follow(log: log, states: states)
        adopt(preparation)
    }

    /// Uses a socket and a file of samples that were prepared and published.
    mutating func adopt(_ preparation: OutputPreparation) {
        locks = preparation.locks
        if preparation.parts.contains(.samples) {
            samples?.flush(seconds: 1)
            samples = preparation.samples
        }
        guard preparation.parts.contains(.socket) else { return }
        if let prepared = preparation.socket {
            if let socket {
                socket.adopt(prepared, log: log, states: states)
            } else {
                socket = EventSocket(prepared, log: log, states: states)
            }
        } else {
            socket?.stop()
            socket = nil
        }
    }

    /// Sinks of events.
    var events: [any EventSink] {
        let all: [(any EventSink)?] = [log, socket]
        return all.compactMap { $0 }
    }

    /// Reopens the files, as after logrotate.
    ///
    /// - Throws: ``LineSink/Failure`` if the file of samples cannot be opened. Samples then go to the old file.
    mutating func reopen(_ configuration: Configuration) throws {
        log?.reopen()
        guard let path = configuration.events.samples else { return }
        let reopened = try OutputPreparation.samples(path)
        samples?.flush(seconds: 1)
        samples = reopened
    }

    func close() { socket?.stop() }
}

/// Outputs of a new configuration, open and not yet in use. Dropping the value has no effect on the outputs in use.
struct OutputPreparation {
    let configuration: Configuration
    /// Outputs to make; the others stay.
    let parts: Set<ConfigurationDifference.Part>
    /// `nil` for no socket, or if the current one stays.
    let socket: EventSocket.Preparation?
    let samples: LiveLineSink?
    let locks: [OwnerLock]
    /// Problems that do not keep the service from starting.
    let warnings: [String]

    /// Seconds that opening a file may take.
    private static let longestOpening = 3.0

    /// - Parameters:
    ///   - listener: an event socket that the service manager has opened.
    ///   - parts: the outputs to make.
    ///   - old: the outputs in use. With them, a new log that cannot be written to is an error; without, it is tried again
    ///     later.
    /// - Throws: ``EventSocket/Failure``, ``LineSink/Failure``, ``OwnerLock/Failure``.
    init(
        _ configuration: Configuration, listener: Int32?, parts: Set<ConfigurationDifference.Part>,
        replacing old: ServiceOutputs? = nil
    ) throws {
        self.configuration = configuration
        self.parts = parts
        (locks, warnings) = try Self.locks(configuration, old)
        if old != nil, parts.contains(.eventLog), let path = configuration.events.log?.path {
            try Self.requireWritable(path)
        }
        samples = try parts.contains(.samples) ? configuration.events.samples.map(Self.samples) : nil
        let settings = parts.contains(.socket) ? configuration.events.socket?.settings : nil
        socket = try settings.map { settings throws(EventSocket.Failure) in
            try EventSocket.prepare(settings, listening: listener, replacing: old?.socket)
        }
    }

    /// Opens the file of samples.
    ///
    /// - Throws: ``LineSink/Failure``, also after a timeout, as for a pipe without a reader.
    static func samples(_ path: String) throws -> LiveLineSink {
        let opened = withDeadline(longestOpening) { () -> Result<LineSink, LineSink.Failure> in
            do throws(LineSink.Failure) { return .success(try .file(path)) } catch { return .failure(error) }
        }
        guard let opened else {
            throw LineSink.Failure(opening: path, error: .timedOut)
        }
        return LiveLineSink(try opened.get(), now: EventClock.system.wallClock)
    }

    private static func requireWritable(_ path: String) throws {
        let error =
            withDeadline(longestOpening) { () -> Int32 in
                let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o640)
                guard file >= 0 else { return errno == ENXIO ? 0 : errno }
                close(file)
                return 0
            } ?? ETIMEDOUT
        guard error == 0 else {
            throw LineSink.Failure(opening: path, error: .init(rawValue: error))
        }
    }

    /// Takes the locks of the state folder and the log. Locks that are held already are kept.
    private static func locks(_ configuration: Configuration, _ old: ServiceOutputs?) throws -> ([OwnerLock], [String])
    {
        let held = old?.locks ?? []
        var locks: [OwnerLock] = []
        var warnings: [String] = []
        func take(_ path: String, _ lock: @escaping @Sendable () throws(OwnerLock.Failure) -> OwnerLock) throws {
            if let known = held.first(where: { $0.stands(at: path) }) { return locks.append(known) }
            let taken = withDeadline(longestOpening) { () -> Result<OwnerLock, OwnerLock.Failure> in
                do throws(OwnerLock.Failure) { return .success(try lock()) } catch { return .failure(error) }
            }
            switch taken {
            case .success(let lock): locks.append(lock)
            case .failure(let failure) where failure.isTaken || old != nil: throw failure
            // The file cannot be written to either, and is tried again.
            case .failure(let failure): warnings.append("\(failure)")
            case nil: warnings.append("\(path): cannot be locked: timed out")
            }
        }
        let state = configuration.state
        try take(OwnerLock.lockPath(folder: state)) { () throws(OwnerLock.Failure) in try .folder(state) }
        // A device or a pipe may have several writers.
        if let log = configuration.events.log?.path, !isSpecial(log) {
            try take(OwnerLock.lockPath(file: log)) { () throws(OwnerLock.Failure) in try .file(log) }
        }
        return (locks, warnings)
    }

    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }
}

extension EventOutputs.EventLog {
    fileprivate var settings: EventLog.Settings {
        EventLog.Settings(
            path: path, rotateSize: rotateSize, rotateAge: rotateAge, keep: keep, maxAge: maximumAge,
            freeSpace: freeSpace, fsync: fsync)
    }
}

extension EventOutputs.EventSocket {
    fileprivate var settings: EventSocket.Settings {
        EventSocket.Settings(path: path, mode: mode, group: group, backlog: backlog, readerBuffer: readerBuffer)
    }
}
