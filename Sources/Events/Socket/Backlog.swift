/// The last event records, limited by their number and size. Positions of records only ascend.
struct Backlog {
    private var lineLimit: Int
    private var byteLimit: Int { lineLimit * Self.bytesPerLine }
    /// The records, the oldest at `head`. The slots before it are removed from time to time.
    private var slots: [EventLine] = []
    private var head = 0
    /// Position of the oldest record.
    private(set) var start = 0
    /// Size of the records in bytes.
    private var bytes = 0

    /// Average size of a record in bytes, for the limit of the size.
    private static let bytesPerLine = 1024

    /// - Parameter lines: maximum number of records; at least 1.
    init(lines: Int) {
        lineLimit = max(1, lines)
    }

    /// Position after the newest record.
    var end: Int { start + slots.count - head }

    /// Whether records have been dropped.
    var hasDropped: Bool { start > 0 }

    /// Sequence number of the oldest record; nil if there is none.
    var firstSequence: Int? { start < end ? self[start].sequence : nil }

    /// - Precondition: `start..<end` contains the position.
    subscript(position: Int) -> EventLine { slots[head + position - start] }

    /// Returns the position of the oldest record after one more is added.
    func start(afterAdding line: EventLine) -> Int { start(lines: lineLimit - 1, bytes: byteLimit - line.text.count) }

    /// Returns the position of the oldest record if no more than so many are kept.
    func start(keeping lines: Int) -> Int { start(lines: max(1, lines), bytes: max(1, lines) * Self.bytesPerLine) }

    private func start(lines: Int, bytes limit: Int) -> Int {
        var position = start
        var bytes = bytes
        while position < end, end - position > lines || bytes > limit {
            bytes -= self[position].text.count
            position += 1
        }
        return position
    }

    /// Changes the maximum number of records.
    mutating func keep(_ lines: Int) {
        drop(to: start(keeping: lines))
        lineLimit = max(1, lines)
    }

    /// Adds a record. Drops the oldest ones as the limits require.
    mutating func append(_ line: EventLine) {
        drop(to: start(afterAdding: line))
        slots.append(line)
        bytes += line.text.count
    }

    private mutating func drop(to newStart: Int) {
        for position in start..<newStart { bytes -= self[position].text.count }
        head += newStart - start
        start = newStart
        // Dropped records keep their memory until here: at most an eighth of the rest.
        if head > max(256, slots.count / 8) {
            slots.removeFirst(head)
            head = 0
        }
    }

    /// Drops all records.
    mutating func removeAll() {
        start = end
        slots = []
        head = 0
        bytes = 0
    }

    /// Returns the position of the first record with a higher sequence number.
    func position(after sequence: Int) -> Int {
        var low = start
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if self[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Returns the position of the first of the last `count` records that pass a filter; nil if fewer pass.
    func position(ofLast count: Int, _ filter: EventFilter) -> Int? {
        guard count > 0 else { return end }
        var found = 0
        for position in (start..<end).reversed() where filter.passes(self[position].topic) {
            found += 1
            if found == count { return position }
        }
        return nil
    }
}
