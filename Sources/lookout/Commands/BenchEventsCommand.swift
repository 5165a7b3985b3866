import ArgumentParser
import Basics
import Dispatch
import Events
import Glibc
import Watch

/// `lookout bench events`: load on the event log and the socket, without cameras.
struct BenchEventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Write synthetic events to a log and a socket, and measure how long each blocks the writer.",
        discussion: """
            Prints READY when the socket accepts connections, and a JSON object at the end: after --seconds, or at Ctrl-C.
            """)

    @Option(help: "Path of the event log.")
    var log: String

    @Option(help: "Path of the socket.")
    var socket: String

    @Option(help: "Path of the state file, which keeps open events over a restart.")
    var state: String

    @Option(parsing: .unconditional, help: "Events per second.")
    var rate = 200.0

    @Option(parsing: .unconditional, help: "Length of the benchmark in seconds.")
    var seconds = 10.0

    @Option(parsing: .unconditional, help: "Size at which the log is rotated, in bytes.")
    var rotateSize: Int?

    func validate() throws {
        guard rate > 0, rate <= 100_000, seconds > 0 else {
            throw ValidationError("--rate is a number above 0, up to 100000, and --seconds a number above 0.")
        }
    }

    func run() throws {
        let log = EventLog(settings: EventLog.Settings(path: log, rotateSize: rotateSize))
        let states = EventStates(settings: EventStates.Settings(path: state), log: log)
        let socket: EventSocket
        do {
            socket = try EventSocket(settings: EventSocket.Settings(path: self.socket), log: log, states: states)
        } catch {
            throw Failure(status: EX_UNAVAILABLE, error.description)
        }
        let sinks = LiveSinks(events: [log, socket], states: states)
        let isStopped = Mutex(false)
        let signals = StopSignals { isStopped.withLock { $0 = true } }
        defer { signals.restore() }
        try Output.write("READY")
        let times = write(to: sinks, until: isStopped)
        sinks.flush()
        let read = socket.statistics
        socket.close()
        try report(times.sorted(), log.statistics, read)
    }

    /// Writes events at the given rate.
    ///
    /// - Returns: seconds that each call took.
    private func write(to sinks: LiveSinks, until isStopped: Mutex<Bool>) -> [Double] {
        let clock = EventClock.system
        let start = clock.monotonic()
        var source = SyntheticEvents()
        var times: [Double] = []
        while clock.monotonic() - start < seconds, !isStopped.withLock({ $0 }) {
            while Double(times.count) < (clock.monotonic() - start) * rate {
                let event = source.next(at: clock.wallClock())
                let before = clock.monotonic()
                sinks.add(.label(event))
                times.append(clock.monotonic() - before)
            }
            usleep(2000)
        }
        return times
    }

    /// Prints the result.
    ///
    /// - Parameter times: seconds of each call, sorted.
    private func report(_ times: [Double], _ log: EventLog.Statistics, _ socket: EventSocket.Statistics) throws {
        func percentile(_ part: Double) -> Double {
            times.isEmpty ? 0 : 1000 * times[Int(part * Double(times.count - 1))]
        }
        var report = JSONLine()
        report.add("lines", times.count)
        report.add("add_ms_median", percentile(0.5), decimals: 3)
        report.add("add_ms_999", percentile(0.999), decimals: 3)
        report.add("add_ms_longest", percentile(1), decimals: 3)
        report.add("logged", log.lines)
        report.add("log_missed", log.missed)
        report.add("rotations", log.rotations)
        report.add("accepted", socket.accepted)
        report.add("readers", socket.readers)
        report.add("cut_off", socket.cutOff)
        report.add("socket_missed", socket.missed)
        report.add("socket_bytes", socket.bytes)
        try Output.write(report)
    }
}

/// Synthetic events: a cat comes and goes at one door after the other.
private struct SyntheticEvents {
    private var number = 0
    private let composers = (0..<4).map { door in
        EventComposer(
            source: "door\(door)", region: "full", model: "none", labels: ["nothing", "tabby cat"],
            targets: [LabelTarget(classes: [1], group: "cat", thresholds: Thresholds(holdTime: 0, clearDelay: 0))])
    }
    private lazy var detectors = composers.map { EventDetector(targets: $0.targets) }

    mutating func next(at time: Timestamp) -> Event {
        let door = number / 2 % composers.count
        let isThere = number.isMultiple(of: 2)
        let time = SampleTime(
            monotonic: Double(number) / 100, media: Double(number) / 100, wallClock: time)
        number += 1
        let changes = detectors[door].observe(scores: [0, isThere ? 0.75 : 0], at: time)
        guard let change = changes.first else { preconditionFailure("each sample starts or ends an event") }
        return composers[door].event(for: change)
    }
}
