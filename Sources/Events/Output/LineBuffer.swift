/// Lines that wait to be written: at most so many. When there is no room, the oldest gives way, and a line
/// that says how many are missing is written in the place of all that did.
struct LineBuffer {
    /// A line, and its number in the log.
    struct Entry {
        var sequence: Int
        var line: JSONLine
    }

    private var entries: [Entry?]
    private var first = 0
    private(set) var count = 0
    private var missed = 0
    /// The number of the newest line that is missing.
    private var lastMissed = 0

    init(capacity: Int) { entries = Array(repeating: nil, count: max(1, capacity)) }

    mutating func append(_ entry: Entry) {
        if count == entries.count, let oldest = removeFirst() {
            missed += 1
            lastMissed = oldest.sequence
        }
        entries[(first + count) % entries.count] = entry
        count += 1
    }

    /// Takes the next line to write, if there is one.
    ///
    /// - Parameter time: by the calendar; for the line that says what is missing.
    mutating func next(at time: Timestamp) -> JSONLine? {
        guard missed == 0 else {
            defer { missed = 0 }
            return Self.gap(missed: missed, sequence: lastMissed, time: time)
        }
        return removeFirst()?.line
    }

    private mutating func removeFirst() -> Entry? {
        guard count > 0 else { return nil }
        let entry = entries[first]
        entries[first] = nil
        first = (first + 1) % entries.count
        count -= 1
        return entry
    }

    /// Takes the number of the last line that is missing, so that numbers go on without a hole.
    private static func gap(missed: Int, sequence: Int, time: Timestamp) -> JSONLine {
        var line = JSONLine()
        line.add("v", Event.version)
        line.add("seq", sequence)
        line.add("time", time.description)
        line.add("type", "gap")
        line.add("missed", missed)
        return line
    }
}
