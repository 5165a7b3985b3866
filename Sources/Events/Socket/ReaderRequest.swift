import FoundationEssentials

/// Request of a reader: one JSON object on one line.
struct ReaderRequest: Equatable, Sendable {
    /// First of the earlier records to send.
    enum Start: Equatable, Sendable {
        case after(Int)
        case time(Timestamp)
        /// The last so many records.
        case last(Int)
    }

    /// Selects records.
    var filter = EventFilter()
    /// Nil for new records only.
    var start: Start?
    /// Whether the reader requests the current state: a `state` record for each open event.
    var wantsState = false
    /// Whether the connection stays open for new records.
    var follows = true

    /// An invalid request.
    struct Problem: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// Creates the request for all new records.
    init() {}

    /// - Throws: ``Problem``.
    init(_ line: some Collection<UInt8>) throws(Problem) {
        let value: Members
        do {
            value = try JSONDecoder().decode(Members.self, from: Data(line))
        } catch let DecodingError.typeMismatch(_, context) {
            throw Problem(description: Self.problem(context))
        } catch let DecodingError.dataCorrupted(context) where !context.codingPath.isEmpty {
            throw Problem(description: Self.problem(context))
        } catch {
            throw Problem(description: "the request is not a JSON object on one line")
        }
        if let unknown = value.unknown {
            throw Problem(description: "unknown member in the request: \(unknown)")
        }
        filter = EventFilter(
            sources: Set(value.sources ?? []), labels: Set(value.labels ?? []), types: Set(value.types ?? []))
        wantsState = value.states ?? false
        follows = value.follow ?? true
        if value.since != nil, value.last != nil { throw Problem(description: "since and last exclude each other") }
        start = value.since?.start
        if let last = value.last {
            guard (0...1_000_000).contains(last) else {
                throw Problem(description: "last must be a number from 0 to 1000000")
            }
            start = .last(last)
        }
    }

    private static func problem(_ context: DecodingError.Context) -> String {
        guard let name = context.codingPath.first?.stringValue else {
            return "the request is not a JSON object on one line"
        }
        return Members.meanings[name].map { "\(name) must be \($0)" }
            ?? "unknown member in the request: \(name)"
    }
}

/// Members of a request.
private struct Members: Decodable {
    var sources: [String]?
    var labels: [String]?
    var types: [String]?
    var since: StartValue?
    var last: Int?
    var states: Bool?
    var follow: Bool?
    /// The first unknown member.
    var unknown: String?

    static let meanings = [
        "sources": "a list of names", "labels": "a list of names", "types": "a list of names",
        "since": "a sequence number, or a time such as 2026-11-22T21:17:03Z", "last": "a number from 0 to 1000000",
        "states": "true or false", "follow": "true or false",
    ]

    /// A sequence number or a time.
    struct StartValue: Decodable {
        let start: ReaderRequest.Start

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self), number >= 0 {
                start = .after(number)
            } else if let text = try? value.decode(String.self), let time = Timestamp(iso8601: text) {
                start = .time(time)
            } else {
                throw DecodingError.dataCorruptedError(in: value, debugDescription: "")
            }
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        func member<T: Decodable>(_ name: String) throws -> T? {
            try members.decodeIfPresent(T.self, forKey: Key(stringValue: name))
        }
        sources = try member("sources")
        labels = try member("labels")
        types = try member("types")
        since = try member("since")
        last = try member("last")
        states = try member("states")
        follow = try member("follow")
        unknown = members.allKeys.map(\.stringValue).filter { Self.meanings[$0] == nil }.min()
    }
}

/// Collects the bytes of a request: one line of limited length. A value without a clock.
struct RequestBuffer {
    /// State of the request.
    enum Outcome: Equatable {
        /// The line is not complete yet.
        case incomplete
        /// The complete line, without its line feed.
        case line([UInt8])
        case tooLong
        /// There are bytes after the line.
        case trailingBytes
    }

    /// Maximum length of a request in bytes.
    static let longestRequest = 16384

    private var bytes: [UInt8] = []
    private var isComplete = false

    /// Whether a line has begun and is not complete.
    var isIncomplete: Bool { !bytes.isEmpty && !isComplete }

    /// Adds bytes of the input.
    mutating func add(_ more: some Collection<UInt8>) -> Outcome {
        guard !isComplete else { return .trailingBytes }
        bytes += more
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            return bytes.count > Self.longestRequest ? .tooLong : .incomplete
        }
        isComplete = true
        guard end <= Self.longestRequest else { return .tooLong }
        let line = Array(bytes[..<end])
        defer { bytes = [] }
        return end + 1 == bytes.count ? .line(line) : .trailingBytes
    }

    /// Completes the line at the end of the input.
    mutating func end() -> Outcome {
        guard isIncomplete else { return .incomplete }
        return add([UInt8(ascii: "\n")])
    }
}
