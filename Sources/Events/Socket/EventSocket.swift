import Basics
import Dispatch
import Glibc

/// Unix socket that streams event records to any number of readers.
///
/// A reader may send a request of one line; the README describes it. Records are dropped for a reader that is too
/// slow, and a `gap` record tells it how many; a reader that reads nothing is disconnected. No reader and no caller
/// of ``add(_:)`` waits for another reader. All readers share one copy of the records.
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
    private let tally = Mutex(Statistics())
    private let server: QueueConfined<SocketServer>

    /// Address of the socket. Readers stay connected as long as it does not change.
    private struct ListenerKey: Equatable {
        var path: String
        var mode: UInt32
        var group: String?
        /// Whether another process, such as systemd, opened the socket.
        var isInherited: Bool

        init(_ settings: Settings, isInherited: Bool) {
            (path, mode, group) = (settings.path, settings.mode, settings.group)
            self.isInherited = isInherited
        }
    }

    /// A socket that is ready to listen and not published yet. Dropping it has no effect.
    package struct Preparation: Sendable {
        let settings: Settings
        /// nil if the address does not change.
        let listener: ListeningSocket?
        let isInherited: Bool

        /// Moves the socket to its path. From then on, new connections wait to be accepted.
        ///
        /// - Throws: ``Failure``. The previous socket then stays in place.
        package func publish() throws(Failure) { try listener?.publish() }

        /// Undoes ``publish()``: whoever connects finds what was there before.
        package func withdraw() { listener?.withdraw() }

        /// Forgets what was there before: ``publish()`` is for good.
        package func settle() { listener?.settle() }
    }

    /// Creates a socket without publishing it.
    ///
    /// - Parameters:
    ///   - settings: path, mode and group of the socket.
    ///   - descriptor: an inherited socket that listens already, instead of the path, mode and group of the settings.
    ///   - old: the socket to be replaced.
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

    /// Applies new settings to an open socket. Cannot fail. Readers stay connected and miss no record.
    ///
    /// - Parameters:
    ///   - preparation: was made to replace this socket, and is published.
    ///   - log: log of the records that are no longer in the backlog.
    ///   - states: open events for readers that request the current state.
    package func adopt(_ preparation: Preparation, log: EventLog?, states: EventStates?) {
        listenerKey.withLock { $0 = ListenerKey(preparation.settings, isInherited: preparation.isInherited) }
        queue.sync {
            server.access { $0.adopt(preparation.settings, listener: preparation.listener, log: log, states: states) }
        }
    }

    private var currentListener: ListeningSocket { queue.sync { server.access { $0.listener } } }

    /// Replaces the log and the state. Readers stay connected.
    package func follow(log: EventLog?, states: EventStates?) {
        queue.sync { server.access { $0.follow(log: log, states: states) } }
    }

    /// Accepts readers on a published socket.
    ///
    /// - Parameters:
    ///   - preparation: a published preparation that replaces no socket.
    ///   - log: log of the records that are no longer in the backlog.
    ///   - states: open events for readers that request the current state.
    ///   - clock: wall clock and monotonic clock.
    /// - Precondition: the preparation replaces nothing.
    package convenience init(
        _ preparation: Preparation, log: EventLog?, states: EventStates?, clock: EventClock = .system
    ) {
        guard let listener = preparation.listener else { preconditionFailure("prepared to go on with another socket") }
        self.init(listener, preparation.settings, log, states, clock, isInherited: preparation.isInherited)
    }

    /// Creates and publishes a socket, and accepts readers.
    ///
    /// - Parameters:
    ///   - settings: path, mode, group and limits.
    ///   - log: log of the records that are no longer in the backlog.
    ///   - states: open events for readers that request the current state.
    ///   - clock: wall clock and monotonic clock.
    /// - Throws: ``Failure``.
    package convenience init(
        settings: Settings, log: EventLog?, states: EventStates?, clock: EventClock = .system
    ) throws(Failure) {
        let preparation = try Self.prepare(settings)
        try preparation.publish()
        self.init(preparation, log: log, states: states, clock: clock)
    }

    /// Accepts readers on an inherited socket. Its path, mode and group stay.
    ///
    /// - Parameter descriptor: a listening socket. It is closed at the end.
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
            listener: listener, settings: settings, log: log, states: states, clock: clock, counts: tally, queue: queue
        )
        self.server = QueueConfined(server, on: queue)
        queue.sync {
            self.server.access { server in
                server.start { [weak self] body in self?.server.access { body($0) } }
            }
        }
    }

    deinit {
        // The last reference may have been released on the queue itself, so this must not be synchronous.
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

    /// Waits until all readers that read have received all records.
    ///
    /// - Parameter seconds: time-out.
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

    /// Disconnects all readers, and removes the socket. Records that are added later are dropped.
    package func close() {
        queue.sync { server.access { $0.stop() } }
    }

    /// Counts since the socket was opened.
    package var statistics: Statistics { tally.withLock { $0 } }

    package var counts: SinkCounts {
        let now = statistics
        return SinkCounts(
            bytes: now.bytes, errors: now.cutOff + now.refused, missed: now.missed, readers: now.readers)
    }

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
