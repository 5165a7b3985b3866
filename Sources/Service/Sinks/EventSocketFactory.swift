import Events

/// Factory of the socket from which programs read events.
struct EventSocketFactory: SinkFactory {
    let name = "socket"
    var settings: WritableKeyPath<EventOutputs, EventSocket.Settings?> & Sendable { \.socket }

    /// Settings of a configuration that says nothing of the socket.
    static let initial = EventSocket.Settings(path: "/run/lookout/events.sock")
    /// Name of the socket in the service manager's unit.
    private static let inheritedName = "events"

    func read(_ section: Section) -> EventSocket.Settings? {
        var socket = Self.initial
        let isOn = section.switchable(Keys.Outputs.socket) { section in
            section.read(Keys.EventSocket.path, into: &socket.path)
            section.read(Keys.EventSocket.mode, into: &socket.mode)
            section.read(Keys.EventSocket.group, into: &socket.group)
            section.read(Keys.EventSocket.backlog, into: &socket.backlog)
            section.read(Keys.EventSocket.readerBuffer, into: &socket.readerBuffer)
        }
        return isOn ? socket : nil
    }

    func path(_ settings: EventSocket.Settings) -> (key: String, path: String)? {
        ("events.socket.path", settings.path)
    }

    func problems(_ settings: EventSocket.Settings) -> [(key: String, text: String)] {
        guard let name = settings.group, SocketGroup.number(name) == nil else { return [] }
        return [("events.socket.group", "\"group\": there is no group \(ShownText.quoted(name)) on this machine")]
    }

    /// Readers of the old socket stay connected.
    func prepare(
        _ settings: EventSocket.Settings, _ context: SinkContext, replacing old: EventSocket?
    ) throws -> PreparedSink {
        let listener = context.sockets.descriptor(named: Self.inheritedName)
        let prepared = try EventSocket.prepare(settings, listening: listener, replacing: old)
        return PreparedSink(publication: prepared) { log, states in
            guard let old else { return EventSocket(prepared, log: log, states: states) }
            old.adopt(prepared, log: log, states: states)
            return old
        }
    }
}
