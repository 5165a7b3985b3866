import Events
import Glibc
import Watch

/// Where the events of a service go, as its configuration says.
struct ServiceOutputs {
    let log: EventLog?
    let states: EventStates
    private(set) var socket: EventSocket?
    private(set) var samples: LiveLineSink?

    /// Opens everything. A log that cannot be written to now is tried again later.
    ///
    /// - Parameter listener: an event socket that the service manager has opened.
    /// - Throws: ``EventSocket/Failure``, ``LineSink/Failure``.
    init(_ configuration: Configuration, listener: Int32?) throws {
        log = configuration.events.log.map { EventLog(settings: $0.settings) }
        states = EventStates(settings: EventStates.Settings(path: configuration.state + "/events.json"), log: log)
        try openSocket(configuration, listener: listener)
        try openSamples(configuration)
    }

    /// What takes the events.
    var events: [any EventSink] {
        let all: [(any EventSink)?] = [log, socket]
        return all.compactMap { $0 }
    }

    /// Offers the socket anew; the one before is closed.
    mutating func openSocket(_ configuration: Configuration, listener: Int32?) throws(EventSocket.Failure) {
        socket?.stop()
        socket = nil
        guard let settings = configuration.events.socket?.settings else { return }
        // The manager's own is kept for the next time.
        if let listener, case let copy = fcntl(listener, F_DUPFD_CLOEXEC, 0), copy >= 0 {
            socket = EventSocket(listening: copy, settings: settings, log: log, states: states)
        } else {
            socket = try EventSocket(settings: settings, log: log, states: states)
        }
    }

    mutating func openSamples(_ configuration: Configuration) throws(LineSink.Failure) {
        samples?.flush(seconds: 1)
        samples = nil
        guard let path = configuration.events.samples else { return }
        samples = try Self.samples(path)
    }

    private static func samples(_ path: String) throws(LineSink.Failure) -> LiveLineSink {
        LiveLineSink(try .file(path), now: EventClock.system.calendar)
    }

    /// Begins the files anew, as after `logrotate`.
    ///
    /// - Throws: ``LineSink/Failure`` if the file of samples cannot be opened. Then they go where they went before.
    mutating func reopen(_ configuration: Configuration) throws(LineSink.Failure) {
        log?.reopen()
        guard let path = configuration.events.samples else { return }
        let anew = try Self.samples(path)
        samples?.flush(seconds: 1)
        samples = anew
    }

    func close() { socket?.stop() }
}

extension EventOutputs.EventLog {
    fileprivate var settings: EventLog.Settings {
        EventLog.Settings(
            path: path, rotateSize: rotateSize, rotateAge: rotateAge, keep: keep, maxAge: maximumAge,
            freeSpace: freeSpace, syncing: syncing)
    }

    private var syncing: EventLog.Settings.Syncing {
        switch sync {
        case .none: .none
        case .interval: .interval(syncInterval)
        case .each: .each
        }
    }
}

extension EventOutputs.EventSocket {
    fileprivate var settings: EventSocket.Settings {
        EventSocket.Settings(path: path, mode: mode, group: group, backlog: backlog, readerBuffer: readerBuffer)
    }
}
