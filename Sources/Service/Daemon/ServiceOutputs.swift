import Events
import Watch

/// Where the events of a service go, as its configuration says.
struct ServiceOutputs {
    let log: EventLog?
    let states: EventStates
    private(set) var socket: EventSocket?
    private(set) var samples: LiveLineSink?
    private(set) var locks: [OwnerLock]

    /// Uses what has been prepared and published, and goes on with everything else. A log that cannot be written to now
    /// is tried again later.
    ///
    /// - Parameter old: what ran until now. Everything has been written to it.
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
            // Readers that stay know lines by their numbers: those go on, whatever a new log or a new folder says.
            let settings = EventStates.Settings(path: configuration.state + "/events.json")
            states = EventStates(settings: settings, log: log, after: old?.states.sequence ?? 0)
        }
        (socket, samples, locks) = (old?.socket, old?.samples, preparation.locks)
        socket?.follow(log: log, states: states)
        adopt(preparation)
    }

    /// Uses what has been prepared and published: the socket, and the samples.
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

    /// What takes the events.
    var events: [any EventSink] {
        let all: [(any EventSink)?] = [log, socket]
        return all.compactMap { $0 }
    }

    /// Begins the files anew, as after `logrotate`.
    ///
    /// - Throws: ``LineSink/Failure`` if the file of samples cannot be opened. Then they go where they went before.
    mutating func reopen(_ configuration: Configuration) throws {
        log?.reopen()
        guard let path = configuration.events.samples else { return }
        let anew = try OutputPreparation.samples(path)
        samples?.flush(seconds: 1)
        samples = anew
    }

    func close() { socket?.stop() }
}

extension EventOutputs.EventLog {
    fileprivate var settings: EventLog.Settings {
        EventLog.Settings(
            path: path, rotateSize: rotateSize, rotateAge: rotateAge, keep: keep, maxAge: maximumAge,
            freeSpace: freeSpace, fsync: fsync)
    }
}
