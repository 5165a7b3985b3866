import Basics
import Dispatch
import Glibc

/// A Unix socket on which any number of readers get the lines of events as they are written.
///
/// A reader may send one line that says what it wants; the README describes it. One that reads too slowly misses
/// lines, and is told how many; one that does not read at all is cut off. No reader waits for another, and nobody
/// who adds lines waits for any. All readers share one copy of the lines.
package final class EventSocket: EventSink {
    private struct Inbox {
        var buffer: LineBuffer
        var isBusy = false
        var progress = QueueProgress()
    }

    private let listenerKey: Mutex<ListenerKey>
    private let clock: EventClock
    private let queue = DispatchQueue(label: "event socket", qos: .utility)
    private let inbox: Mutex<Inbox>
    private let counts = Mutex(Statistics())
    private let server: QueueConfined<SocketServer>

    /// Where readers connect. Readers that are there need not come again when another part of the settings changes.
    private struct ListenerKey: Equatable {
        var path: String
        var mode: UInt32
        var group: String?
        /// Whether somebody else has made it.
        var isInherited: Bool

        init(_ settings: Settings, isInherited: Bool) {
            (path, mode, group) = (settings.path, settings.mode, settings.group)
            self.isInherited = isInherited
        }
    }

    /// A socket that is ready for its readers and has not got its name yet. If it is dropped, nothing has changed.
    package struct Preparation: Sendable {
        let settings: Settings
        /// nil if readers connect where they did before.
        let listener: ListeningSocket?
        let isInherited: Bool

        /// Gives the socket its name. From then on, whoever connects waits to be accepted.
        ///
        /// - Throws: ``Failure``. What was there before still is.
        package func publish() throws(Failure) { try listener?.publish() }

        /// Undoes ``publish()``: whoever connects finds what was there before.
        package func withdraw() { listener?.withdraw() }

        /// Forgets what was there before: ``publish()`` is for good.
        package func settle() { listener?.settle() }
    }

    /// Makes a socket, as far as nobody notices.
    ///
    /// - Parameters:
    ///   - listener: a socket on which somebody else listens already, whose path, mode and group are theirs.
    ///   - old: what the new one takes the place of.
    /// - Throws: ``Failure``.
    package static func prepare(
        _ settings: Settings, listening descriptor: Int32? = nil, replacing old: EventSocket? = nil
    ) throws(Failure) -> Preparation {
        let isInherited = descriptor != nil
        let key = old?.listenerKey.withLock { $0 }
        let stays =
            key.map { $0.isInherited && isInherited || $0 == ListenerKey(settings, isInherited: isInherited) } ?? false
        if stays { return Preparation(settings: settings, listener: nil, isInherited: isInherited) }
        let listener: ListeningSocket
        if let descriptor, case let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0), copy >= 0 {
            listener = ListeningSocket(listening: copy)
        } else {
            listener = try ListeningSocket(
                path: settings.path, mode: settings.mode, group: settings.group, replacing: old?.currentListener)
        }
        return Preparation(settings: settings, listener: listener, isInherited: isInherited)
    }

    /// Goes on with the readers that are connected, under other settings. Cannot fail, and no reader misses a line.
    ///
    /// - Parameters:
    ///   - preparation: was made to replace this one, and is published.
    ///   - log, states: as for a new one.
    package func adopt(_ preparation: Preparation, log: EventLog?, states: EventStates?) {
        listenerKey.withLock { $0 = ListenerKey(preparation.settings, isInherited: preparation.isInherited) }
        queue.sync {
            server.access { $0.adopt(preparation.settings, listener: preparation.listener, log: log, states: states) }
        }
    }

    private var currentListener: ListeningSocket { queue.sync { server.access { $0.listener } } }

    /// Goes on with the readers that are connected. They ask another log and other states.
    package func follow(log: EventLog?, states: EventStates?) {
        queue.sync { server.access { $0.follow(log: log, states: states) } }
    }

    /// Begins to accept readers on a socket that has been prepared and published.
    ///
    /// - Parameters:
    ///   - log: has the lines that are no longer in the backlog.
    ///   - states: know what is present.
    /// - Precondition: the preparation replaces nothing.
    package convenience init(
        _ preparation: Preparation, log: EventLog?, states: EventStates?, clock: EventClock = .system
    ) {
        guard let listener = preparation.listener else { preconditionFailure("prepared to go on with another socket") }
        self.init(listener, preparation.settings, log, states, clock, isInherited: preparation.isInherited)
    }

    /// Makes the socket, and begins to accept readers.
    ///
    /// - Parameters:
    ///   - log: has the lines that are no longer in the backlog.
    ///   - states: know what is present.
    /// - Throws: ``Failure``.
    package convenience init(
        settings: Settings, log: EventLog?, states: EventStates?, clock: EventClock = .system
    ) throws(Failure) {
        let preparation = try Self.prepare(settings)
        try preparation.publish()
        self.init(preparation, log: log, states: states, clock: clock)
    }

    /// Accepts readers on a socket on which somebody else listens already. Its path, mode and group are theirs.
    ///
    /// - Parameter descriptor: is closed at the end.
    package convenience init(
        listening descriptor: Int32, settings: Settings, log: EventLog?, states: EventStates?,
        clock: EventClock = .system
    ) {
        self.init(
            ListeningSocket(listening: descriptor), settings, log, states, clock, isInherited: true)
    }

    private init(
        _ listener: ListeningSocket, _ settings: Settings, _ log: EventLog?, _ states: EventStates?,
        _ clock: EventClock, isInherited: Bool
    ) {
        listenerKey = Mutex(ListenerKey(settings, isInherited: isInherited))
        self.clock = clock
        inbox = Mutex(Inbox(buffer: LineBuffer(capacity: max(4096, settings.backlog))))
        let server = SocketServer(
            listener: listener, settings: settings, log: log, states: states, clock: clock, counts: counts, queue: queue
        )
        self.server = QueueConfined(server, on: queue)
        queue.sync {
            self.server.access { server in
                server.start { [weak self] body in self?.server.access { body($0) } }
            }
        }
    }

    deinit {
        // It may be the queue itself that was the last to hold on to it.
        queue.async { [server] in server.access { $0.stop() } }
    }

    package func add(_ line: EventLine) {
        let now = clock.monotonic()
        let begins = inbox.withLock { inbox in
            inbox.buffer.append(line)
            inbox.progress.wait(inbox.buffer.waiting, at: now)
            defer { inbox.isBusy = true }
            return !inbox.isBusy
        }
        if begins { queue.async { [self] in distribute() } }
    }

    /// Waits until all readers that read have everything, but not for long.
    package func flush(seconds: Double) {
        let end = clock.monotonic() + seconds
        while clock.monotonic() < end {
            let isDone = queue.sync { () -> Bool in
                distribute()
                return server.access { !$0.isSending }
            }
            if isDone { return }
            usleep(10_000)
        }
    }

    /// Lets go of all readers, and removes the socket. Lines that are added afterwards go nowhere.
    package func stop() {
        queue.sync { server.access { $0.stop() } }
    }

    package var statistics: Statistics { counts.withLock { $0 } }

    package var progress: QueueProgress { inbox.withLock(\.progress) }

    private func distribute() {
        server.access { server in
            while let line = nextLine() {
                server.append(line)
                let now = clock.monotonic()
                inbox.withLock { $0.progress.finish($0.buffer.waiting, at: now) }
            }
            server.serveAll()
        }
    }

    private func nextLine() -> EventLine? {
        let time = clock.wallClock()
        return inbox.withLock { inbox in
            let line = inbox.buffer.next(at: time)
            if line == nil { inbox.isBusy = false }
            return line
        }
    }
}
