import FoundationEssentials

/// What a reader of the socket asks for: one JSON object on one line.
struct ReaderRequest: Equatable, Sendable {
    /// Where lines begin that were written before.
    enum Past: Equatable, Sendable {
        case after(Int)
        case time(Timestamp)
        /// So many of the last.
        case last(Int)
    }

    var filter = EventFilter()
    /// Nil if only what happens from now on is of interest.
    var past: Past?
    /// Whether it wants to know what is present now.
    var wantsStates = false
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
        wantsStates = value.states ?? false
        follows = value.follow ?? true
        if value.since != nil, value.last != nil { throw Problem(description: "since and last exclude each other") }
        past = value.since?.past
        if let last = value.last {
            guard (0...1_000_000).contains(last) else {
                throw Problem(description: "last is a number from 0 to 1000000")
            }
            past = .last(last)
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
    var since: Since?
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
    struct Since: Decodable {
        let past: ReaderRequest.Past

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self), number >= 0 {
                past = .after(number)
            } else if let text = try? value.decode(String.self), let time = Timestamp(iso8601: text) {
                past = .time(time)
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
