import Basics
import Dispatch
import Glibc

/// Server of an ``EventSocket``: accepts readers and sends them records. Not thread-safe: it belongs to the queue of
/// the socket.
final class SocketServer {
    /// Calls a closure with the server on its queue, if the server still exists.
    typealias Access = @Sendable ((SocketServer) -> Void) -> Void

    private(set) var settings: EventSocket.Settings
    private(set) var log: EventLog?
    let clock: EventClock
    private(set) var states: EventStates?
    let counts: Mutex<EventSocket.Statistics>
    let queue: DispatchQueue
    /// Reads logs, for one reader after the other.
    let historyQueue = DispatchQueue(label: "event socket history", qos: .utility)
    var backlog: Backlog
    private(set) var access: Access = { _ in }
    private(set) var readers: [Int: SocketReader] = [:]
    private(set) var listener: ListeningSocket
    private var acceptSource: (any DispatchSourceRead)?
    private var idleTimer: (any DispatchSourceTimer)?
    private var nextNumber = 0

    /// Size of the send buffer of a connection in bytes.
    private static let systemBuffer: Int32 = 65536
    /// Seconds for which a request is awaited. A reader without a request then gets all new records.
    private static let requestGracePeriod = 0.2

    init(
        listener: ListeningSocket, settings: EventSocket.Settings, log: EventLog?, states: EventStates?,
        clock: EventClock, counts: Mutex<EventSocket.Statistics>, queue: DispatchQueue
    ) {
        self.listener = listener
        self.settings = settings
        self.log = log
        self.states = states
        self.clock = clock
        self.counts = counts
        self.queue = queue
        backlog = Backlog(lines: max(settings.backlog, settings.readerBuffer))
    }

    /// Begins to accept readers.
    func start(access: @escaping Access) {
        self.access = access
        startAccepting()
    }

    private func startAccepting() {
        let acceptSource = DispatchSource.makeReadSource(fileDescriptor: listener.descriptor, queue: queue)
        acceptSource.setEventHandler { [access] in access { $0.accept() } }
        // The descriptor must stay open until the event source is cancelled.
        acceptSource.setCancelHandler { [listener] in withExtendedLifetime(listener) {} }
        acceptSource.activate()
        self.acceptSource = acceptSource
    }

    /// Disconnects all readers, and stops listening.
    func stop() {
        guard acceptSource != nil else { return }
        for reader in readers.values { close(reader) }
        acceptSource?.cancel()
        acceptSource = nil
        idleTimer?.cancel()
        idleTimer = nil
        listener.remove()
        backlog.removeAll()
    }

    /// Replaces the log and the state.
    func follow(log: EventLog?, states: EventStates?) { (self.log, self.states) = (log, states) }

    /// Applies new settings. Readers stay connected.
    ///
    /// - Parameter listener: socket for new readers; nil if the address does not change.
    func adopt(
        _ settings: EventSocket.Settings, listener: ListeningSocket?, log: EventLog?, states: EventStates?
    ) {
        guard acceptSource != nil else { return }
        follow(log: log, states: states)
        if let listener {
            accept()  // whoever has connected already
            acceptSource?.cancel()
            self.listener = listener
            startAccepting()
        }
        let kept = max(settings.backlog, settings.readerBuffer)
        skipLines(before: backlog.start(keeping: kept))
        backlog.keep(kept)
        self.settings = settings
    }

    // MARK: - Connections

    private func accept() {
        while acceptSource != nil {
            let descriptor = Glibc.accept(listener.descriptor, nil, nil)
            guard descriptor >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno != EAGAIN { pauseAccepting() }
                return
            }
            addReader(descriptor)
        }
    }

    /// Pauses accepting for a second: there are no descriptors or no memory left.
    private func pauseAccepting() {
        acceptSource?.suspend()
        queue.asyncAfter(deadline: .now() + 1) { [acceptSource = UncheckedBox(acceptSource)] in
            acceptSource.value?.resume()
        }
    }

    private func addReader(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var size = Self.systemBuffer
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout.size(ofValue: size)))
        nextNumber += 1
        let number = nextNumber
        let connection = Connection(
            descriptor, queue: queue, whenReadable: { [access] in access { $0.receive(from: number) } },
            whenWritable: { [access] in access { $0.resumeSending(number) } })
        let reader = SocketReader(number: number, connection: connection, position: backlog.end, now: clock.monotonic())
        let exceedsLimit = readers.count >= settings.readers
        readers[number] = reader
        counts.withLock { counts in
            counts.accepted += 1
            counts.readers = readers.count
        }
        if exceedsLimit { return refuse(reader, "there are \(settings.readers) readers already") }
        startIdleTimer()
        queue.asyncAfter(deadline: .now() + Self.requestGracePeriod) { [access] in
            access { $0.beginLive(number) }
        }
    }

    /// Sends new records to a reader that has sent no request.
    private func beginLive(_ number: Int) {
        guard let reader = readers[number], reader.phase == .waiting, !reader.request.isIncomplete else { return }
        reader.phase = .live
        serve(reader)
    }

    /// Does some work for a reader on ``historyQueue``, and passes its result on if the reader is still connected.
    ///
    /// - Parameters:
    ///   - seconds: delay of the work.
    ///   - work: is called on ``historyQueue``.
    ///   - finish: is called on the server's queue with the result.
    func readLog<Result: Sendable>(
        for reader: SocketReader, after seconds: Double = 0, _ work: @escaping @Sendable () -> Result,
        then finish: @escaping @Sendable (SocketServer, SocketReader, Result) -> Void
    ) {
        let number = reader.number
        historyQueue.asyncAfter(deadline: .now() + seconds) { [queue, access] in
            let result = work()
            queue.async {
                access { server in
                    if let reader = server.readers[number] { finish(server, reader, result) }
                }
            }
        }
    }

    /// Sends an `error` line, and closes the connection.
    func refuse(_ reader: SocketReader, _ reason: String) {
        var line = JSONLine()
        line.add("v", Event.version)
        line.add("time", clock.wallClock().description)
        line.add("type", "error")
        line.add("message", reason)
        reader.append(line.line)
        reader.phase = .leaving
        counts.withLock { $0.refused += 1 }
        serve(reader)
    }

    /// Disconnects a reader.
    func close(_ reader: SocketReader) {
        guard readers.removeValue(forKey: reader.number) != nil else { return }
        reader.connection.finish()
        counts.withLock { $0.readers = readers.count }
    }

    // MARK: - Idle readers

    /// Starts to check the readers every second, as long as there are any.
    private func startIdleTimer() {
        guard idleTimer == nil else { return }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(200))
        timer.setEventHandler { [access] in access { $0.reapIdleClients() } }
        timer.activate()
        idleTimer = timer
    }

    private func reapIdleClients() {
        let now = clock.monotonic()
        for reader in readers.values {
            if reader.isStuck(at: now, seconds: settings.timeout, bytes: settings.unreadLimit) {
                counts.withLock { $0.cutOff += 1 }
                close(reader)
            } else if reader.request.isIncomplete, let began = reader.requestBegan, now - began > Self.requestTime {
                refuse(reader, "the request was not complete after \(Int(Self.requestTime)) s")
            } else if reader.inputClosed, reader.connection.isGone {
                close(reader)
            }
        }
        guard readers.isEmpty else { return }
        idleTimer?.cancel()
        idleTimer = nil
    }

    /// Maximum number of seconds from the first to the last byte of a request.
    private static let requestTime = 5.0
}

/// A value that is passed from queue to queue and never shared.
struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
