import Events
import Glibc

/// Reads event records from the service's socket. While it follows new records, it reconnects to a restarted service.
struct TailSocket: TailInput {
    private let path: String
    private let start: TailStart
    private let filter: EventFilter
    private let follows: Bool
    private var connection: EventConnection?
    /// Sequence number of the last record, shown or not; `nil` if it is not known.
    private var lastSequence: Int?

    /// Seconds between attempts to reconnect.
    private static let pause = 0.25

    /// - Throws: ``Failure`` if the service does not listen.
    init(_ path: String, from start: TailStart, filter: EventFilter, follows: Bool) throws {
        self.path = path
        self.start = start
        self.filter = filter
        self.follows = follows
        if follows { lastSequence = try Self.newest(path) }
        connection = try EventConnection(path)
        try connection?.send(request(from: start))
    }

    mutating func next() throws -> [UInt8]? {
        while true {
            if let line = try connection?.next(waits: { try StandardOutputWatch.wait(for: $0, seconds: $1) }) {
                try note(line)
                return line
            }
            connection = nil
            guard follows else { return nil }
            try reconnect()
        }
    }

    private mutating func note(_ line: [UInt8]) throws {
        if let sequence = LoggedLine.sequence(of: line) {
            lastSequence = max(lastSequence ?? 0, sequence)
        } else if let message = EventConnection.complaint(in: line) {
            throw Failure(status: EX_UNAVAILABLE, "\(path): \(message)")
        }
    }

    private mutating func reconnect() throws {
        Terminal.show(["\(path): the service is not running; waiting for it"])
        defer { Terminal.clearStatus() }
        while connection == nil {
            try StandardOutputWatch.wait(seconds: Self.pause)
            guard let new = try? EventConnection(path) else { continue }
            guard (try? new.send(request(from: lastSequence.map { .after($0) } ?? start))) != nil else { continue }
            connection = new
        }
    }

    private func request(from start: TailStart) -> JSONLine {
        var request = JSONLine()
        if !filter.sources.isEmpty { request.add("sources", filter.sources.sorted()) }
        if !filter.labels.isEmpty { request.add("labels", filter.labels.sorted()) }
        if !filter.types.isEmpty { request.add("types", filter.types.sorted()) }
        switch start {
        case .last(let count): request.add("last", count)
        case .after(let sequence): request.add("since", sequence)
        case .time(let time): request.add("since", time.description)
        }
        request.add("follow", follows)
        return request
    }

    /// Asks for the sequence number of the last record, without the filter.
    private static func newest(_ path: String) throws -> Int? {
        let connection = try EventConnection(path)
        var request = JSONLine()
        request.add("last", 1)
        request.add("follow", false)
        try connection.send(request)
        return try connection.next(waits: { try StandardOutputWatch.wait(for: $0, seconds: $1) })
            .flatMap { LoggedLine.sequence(of: $0) }
    }
}
