/// Sees to it that no source fills the log: of messages that say the same, the first is written, and how many
/// more there were once in an interval.
///
/// A value without a clock.
package struct FloodControl: Sendable {
    /// What is to be written in the place of messages that were not.
    package struct Summary: Equatable, Sendable {
        package var source: String
        /// The last of the messages, and how many there were.
        package var text: String
        /// Of the same, whatever the caller gave with it.
        package var tag: Int
    }

    private struct Entry {
        /// When the interval ends.
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
    ///   - capacity: so many different messages are told apart; of what is beyond, each source has one kind.
    package init(interval: Double = 60, capacity: Int = 256) {
        self.interval = interval
        self.capacity = capacity
    }

    /// Takes a message.
    ///
    /// - Parameters:
    ///   - source: who or what it is about.
    ///   - tag: comes back with the summary.
    ///   - time: by the monotonic clock, in seconds.
    /// - Returns: whether it is to be written. If not, it is counted.
    package mutating func admits(_ message: String, from source: String, tag: Int = 0, at time: Double) -> Bool {
        var shape = MessageShape(source: source, message: message)
        if entries[shape] == nil, !hasRoom(at: time) { shape = .rest(of: source) }
        // What was counted is not forgotten, even if the summary is late.
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

    /// What is to be written now about messages that were not. To be called at ``deadline``.
    package mutating func summaries(at time: Double) -> [Summary] {
        let over = entries.filter { $0.value.end <= time }.sorted {
            ($0.value.end, $0.key.source) < ($1.value.end, $1.key.source)
        }
        for (shape, entry) in over {
            // What goes on goes on being counted; what has come only once is news again when it comes again.
            entries[shape] = entry.count > 0 ? Entry(end: time + interval, last: entry.last, tag: entry.tag) : nil
        }
        return over.compactMap { shape, entry in summary(shape.source, entry) }
    }

    /// When there will be something to write, if no message comes until then.
    package var deadline: Double? { entries.values.lazy.filter { $0.count > 0 }.map(\.end).min() }

    private func summary(_ source: String, _ entry: Entry) -> Summary? {
        guard entry.count > 0 else { return nil }
        let seconds = Int(interval.rounded())
        return Summary(
            source: source, text: "\(entry.last) (\(entry.count) more in the last \(seconds) s)", tag: entry.tag)
    }
}
