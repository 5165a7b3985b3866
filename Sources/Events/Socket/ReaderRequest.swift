import FoundationEssentials

/// What a reader of the socket asks for: one JSON object on one line.
struct ReaderRequest: Equatable, Sendable {
    /// Where lines begin that were written before.
    enum Start: Equatable, Sendable {
        case after(Int)
        case time(Timestamp)
        /// So many of the last.
        case last(Int)
    }

    var filter = EventFilter()
    /// Nil if only what happens from now on is of interest.
    var start: Start?
    /// Whether it wants to know what is present now.
    var wantsState = false
    /// Whether it wants to see what happens from now on.
    var follows = true

    /// Why a request cannot be fulfilled.
    struct Problem: Error, Equatable, CustomStringConvertible {
        let description: String
    }

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
            throw Problem(description: "the request is no JSON object on one line")
        }
        if let unknown = value.unknown {
            throw Problem(description: "the request has a member that there is not: \(unknown)")
        }
        filter = EventFilter(
            sources: Set(value.sources ?? []), labels: Set(value.labels ?? []), types: Set(value.types ?? []))
        wantsState = value.states ?? false
        follows = value.follow ?? true
        if value.since != nil, value.last != nil { throw Problem(description: "since and last exclude each other") }
        start = value.since?.start
        if let last = value.last {
            guard (0...1_000_000).contains(last) else {
                throw Problem(description: "last is a number from 0 to 1000000")
            }
            start = .last(last)
        }
    }

    private static func problem(_ context: DecodingError.Context) -> String {
        guard let name = context.codingPath.first?.stringValue else {
            return "the request is no JSON object on one line"
        }
        return Members.meanings[name].map { "\(name) is \($0)" }
            ?? "the request has a member that there is not: \(name)"
    }
}

/// The members of a request.
private struct Members: Decodable {
    var sources: [String]?
    var labels: [String]?
    var types: [String]?
    var since: StartValue?
    var last: Int?
    var states: Bool?
    var follow: Bool?
    /// One that nobody knows.
    var unknown: String?

    static let meanings = [
        "sources": "a list of names", "labels": "a list of names", "types": "a list of names",
        "since": "the number of a line, or a time as 2026-11-22T21:17:03Z", "last": "a number from 0 to 1000000",
        "states": "true or false", "follow": "true or false",
    ]

    /// A number, or a time.
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

/// What a reader has sent so far: a request is one line, and not a long one. A value without a clock.
struct RequestBuffer {
    /// What has come of it.
    enum Outcome: Equatable {
        /// Not all of it is there yet.
        case incomplete
        /// The line, without its line feed.
        case line([UInt8])
        case tooLong
        /// There is something behind the line.
        case trailingBytes
    }

    /// Bytes of a request.
    static let longestRequest = 16384

    private var bytes: [UInt8] = []
    private var isComplete = false

    /// Whether a line has begun, and not ended.
    var isIncomplete: Bool { !bytes.isEmpty && !isComplete }

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

    /// Nothing more will come: what there is, is the line.
    mutating func end() -> Outcome {
        guard isIncomplete else { return .incomplete }
        return add([UInt8(ascii: "\n")])
    }
}
