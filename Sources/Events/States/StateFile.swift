import FoundationEssentials

/// What is kept over a restart: which numbers may have been given, what is present, and what the log may not
/// have yet.
struct StateFile: Codable, Equatable, Sendable {
    /// Something that is present.
    struct Present: Codable, Equatable, Sendable {
        /// The number of its `start`.
        var sequence: Int
        /// As it was seen last.
        var record: EventRecord
    }

    /// A `start` or an `end` that was said, and was not in the log when this was written.
    struct Said: Codable, Equatable, Sendable {
        var sequence: Int
        /// The line, without its line feed.
        var text: String
    }

    var v = 1
    /// The last number that may have been given by the time the next file is written.
    var reserved = 0
    /// The last number that had been given when this was written: all of the rest is as it was then.
    var sequence = 0
    var present: [Present] = []
    var said: [Said] = []

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // What is made of numbers and text can be encoded; only numbers that are none cannot.
        return (try? encoder.encode(self)).map { Array($0) + [UInt8(ascii: "\n")] } ?? []
    }

    init() {}

    /// - Returns: nil if it is no such file, or not whole.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(StateFile.self, from: Data(bytes)), value.v == 1 else { return nil }
        self = value
    }
}
