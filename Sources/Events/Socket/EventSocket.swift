import Basics
import Dispatch
import Glibc

/// A Unix socket on which any number of readers get the lines of events as they are written.
///
/// A reader may send one line that says what it wants; the README describes it. One that reads too slowly misses
/// lines, and is told how many; one that does not read at all is cut off. No reader waits for another, and nobody
/// who adds lines waits for any. All readers share one copy of the lines.
public final class EventSocket: EventSink {
    private struct Inbox {
        var buffer: LineBuffer
        var isBusy = false
    }

    private let settings: Settings
    private let clock: EventClock
    private let queue = DispatchQueue(label: "event socket", qos: .utility)
    private let inbox: Guarded<Inbox>
    private let counts = Guarded(Statistics())
    private let server: QueueConfined<SocketServer>

    /// Makes the socket, and begins to accept readers.
    ///
    /// - Parameters:
    ///   - log: has the lines that are no longer in the backlog.
    ///   - states: know what is present.
    /// - Throws: ``Failure``.
    public convenience init(
        settings: Settings, log: EventLog?, states: EventStates?, clock: EventClock = .system
    ) throws(Failure) {
        let listener = try ListeningSocket(path: settings.path, mode: settings.mode, group: settings.group)
        self.init(listener, settings, log, states, clock)
    }

    /// Accepts readers on a socket on which somebody else listens already. Its path, mode and group are theirs.
    ///
    /// - Parameter descriptor: is closed at the end.
    public convenience init(
        listening descriptor: Int32, settings: Settings, log: EventLog?, states: EventStates?, clock: EventClock = .system
    ) {
        self.init(ListeningSocket(listening: descriptor), settings, log, states, clock)
    }

    private init(
        _ listener: sending ListeningSocket, _ settings: Settings, _ log: EventLog?, _ states: EventStates?,
        _ clock: EventClock
    ) {
        self.settings = settings
        self.clock = clock
        inbox = Guarded(Inbox(buffer: LineBuffer(capacity: max(4096, settings.backlog))))
        let server = SocketServer(
            listener: listener, settings: settings, log: log, states: states, clock: clock, counts: counts, queue: queue)
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

    public func add(_ line: EventLine) {
        let begins = inbox.withLock { inbox in
            inbox.buffer.append(line)
            defer { inbox.isBusy = true }
            return !inbox.isBusy
        }
        if begins { queue.async { [self] in distribute() } }
    }

    /// Waits until all readers that read have everything, but not for long.
    public func flush(seconds: Double) {
        let end = clock.steady() + seconds
        while clock.steady() < end {
            let isDone = queue.sync { () -> Bool in
                distribute()
                return server.access { !$0.isSending }
            }
            if isDone { return }
            usleep(10_000)
        }
    }

    /// Lets go of all readers, and removes the socket. Lines that are added afterwards go nowhere.
    public func stop() {
        queue.sync { server.access { $0.stop() } }
    }

    public var statistics: Statistics { counts.withLock { $0 } }

    private func distribute() {
        server.access { server in
            while let line = nextLine() { server.append(line) }
            server.serveAll()
        }
    }

    private func nextLine() -> EventLine? {
        let time = clock.calendar()
        return inbox.withLock { inbox in
            let line = inbox.buffer.next(at: time)
            if line == nil { inbox.isBusy = false }
            return line
        }
    }
}
