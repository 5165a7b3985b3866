import Events
import Glibc

/// Reads event records from a log.
struct TailLog: TailInput {
    private let follower: LogFollower
    private let follows: Bool

    init(_ path: String, from start: TailStart, filter: EventFilter, follows: Bool) {
        let history = LogHistory(path: path)
        self.follows = follows
        switch start {
        case .last(let count): follower = LogFollower(history, last: count, filter: filter)
        case .after(let number): follower = LogFollower(history, from: .after(number), filter: filter)
        case .time(let time): follower = LogFollower(history, from: .time(time), filter: filter)
        }
    }

    mutating func next() throws -> [UInt8]? {
        while true {
            if let line = follower.next() { return line }
            guard follows else { return nil }
            try StandardOutputWatch.wait(seconds: 0.2)
        }
    }
}

/// Detects that the reader of standard output is gone.
enum StandardOutputWatch {
    /// Blocks for a number of seconds.
    ///
    /// - Throws: ``Failure`` if the reader of standard output is gone.
    static func wait(seconds: Double) throws(Failure) {
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        if poll(&output, 1, Int32(seconds * 1000)) > 0, output.revents & Int16(POLLERR) != 0 { throw .brokenPipe }
    }

    /// Blocks until a descriptor is readable, or a number of seconds is over.
    ///
    /// - Returns: whether it is readable.
    /// - Throws: ``Failure`` if the reader of standard output is gone.
    static func wait(for descriptor: Int32, seconds: Double) throws(Failure) -> Bool {
        var both = [
            pollfd(fd: STDOUT_FILENO, events: 0, revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&both, 2, Int32(seconds * 1000)) > 0 else { return false }
        if both[0].revents & Int16(POLLERR) != 0 { throw .brokenPipe }
        return both[1].revents != 0
    }
}
