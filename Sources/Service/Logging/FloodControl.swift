/// Rate limit of the log: of equal messages of a source, the first is written, and their count once per interval.
///
/// A value type; the caller passes the time.
package struct FloodControl: Sendable {
    /// Message to write in place of messages that were not written.
    package struct Summary: Equatable, Sendable {
        package var source: String
        /// Last of the messages, with their count.
        package var text: String
        /// Tag that the caller passed with the last message.
        package var tag: Int
    }

    private struct Entry {
        /// Time at which the interval ends.
        var end: Double
        var last: String
        var tag: Int
        var count = 0
    }

    private let interval: Double
    private let capacity: Int
    private var entries: [MessageShape: Entry] = [:]

    /// - Parameters:
    ///   - interval: in seconds.
    ///   - capacity: messages that are told apart. Beyond it, all messages of a source count as equal.
    package init(interval: Double = 60, capacity: Int = 256) {
        self.interval = interval
        self.capacity = capacity
    }

    /// Takes a message.
    ///
    /// - Parameters:
    ///   - source: the camera, stream or sink of the message.
    ///   - tag: is returned with the summary.
    ///   - time: seconds of the monotonic clock.
    /// - Returns: whether to write it. Otherwise it is counted.
    package mutating func admits(_ message: String, from source: String, tag: Int = 0, at time: Double) -> Bool {
        var shape = MessageShape(source: source, message: message)
        if entries[shape] == nil, !hasRoom(at: time) { shape = .rest(of: source) }
        // Counted messages are kept, even if the summary is late.
        guard var entry = entries[shape], time < entry.end || entry.count > 0 else {
            entries[shape] = Entry(end: time + interval, last: message, tag: tag)
            return true
        }
        entry.last = message
        entry.tag = tag
        entry.count += 1
        entries[shape] = entry
        return false
    }

    private mutating func hasRoom(at time: Double) -> Bool {
        guard entries.count >= capacity else { return true }
        entries = entries.filter { $0.value.count > 0 || time < $0.value.end }
        return entries.count < capacity
    }

    /// Returns the summaries that are due. To be called at ``deadline``.
    package mutating func summaries(at time: Double) -> [Summary] {
        let over = entries.filter { $0.value.end <= time }.sorted {
            ($0.value.end, $0.key.source) < ($1.value.end, $1.key.source)
        }
        for (shape, entry) in over {
            // A message that recurs is counted further; one that came only once is written when it comes again.
            entries[shape] = entry.count > 0 ? Entry(end: time + interval, last: entry.last, tag: entry.tag) : nil
        }
        return over.compactMap { shape, entry in summary(shape.source, entry) }
    }

    /// Time of the next summary, if no message comes until then.
    package var deadline: Double? { entries.values.lazy.filter { $0.count > 0 }.map(\.end).min() }

    private func summary(_ source: String, _ entry: Entry) -> Summary? {
        guard entry.count > 0 else { return nil }
        let seconds = Int(interval.rounded())
        return Summary(
            source: source, text: "\(entry.last) (\(entry.count) more in the last \(seconds) s)", tag: entry.tag)
    }
}

/// Message with its numbers masked: "next try in 12 s" equals "next try in 7 s".
struct MessageShape: Hashable, Sendable {
    /// The camera, stream or sink of the message.
    let source: String
    private let text: String

    init(source: String, message: String) {
        self.source = source
        var text = String.UnicodeScalarView()
        var isNumber = false
        for scalar in message.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            if !isDigit { text.append(scalar) } else if !isNumber { text.append("#") }
            isNumber = isDigit
        }
        self.text = String(text)
    }

    /// Stands for all messages of a source beyond the capacity.
    static func rest(of source: String) -> MessageShape { MessageShape(source: source, message: "") }
}
