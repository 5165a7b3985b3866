/// The last lines: so many at most, and fewer if they are long. Each has a position, which only goes up.
struct Backlog {
    private var lineLimit: Int
    private var byteLimit: Int { lineLimit * Self.bytesPerLine }
    /// The lines, the first of them at `head`: what is in front of it is removed from time to time.
    private var slots: [EventLine] = []
    private var head = 0
    /// The position of the oldest line.
    private(set) var start = 0
    /// The bytes of the lines that are there.
    private var bytes = 0

    /// Bytes for each line that is kept, on average.
    private static let bytesPerLine = 1024

    init(lines: Int) {
        lineLimit = max(1, lines)
    }

    /// The position behind the newest line.
    var end: Int { start + slots.count - head }

    /// Whether the oldest lines are no longer there.
    var hasDropped: Bool { start > 0 }

    /// The number of the oldest line; nil if there is none.
    var firstSequence: Int? { start < end ? self[start].sequence : nil }

    /// - Precondition: `start..<end` contains the position.
    subscript(position: Int) -> EventLine { slots[head + position - start] }

    /// Where the oldest line will be when a line has been added.
    func start(afterAdding line: EventLine) -> Int { start(lines: lineLimit - 1, bytes: byteLimit - line.text.count) }

    /// Where the oldest line will be when no more lines are kept than these.
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

    /// Keeps so many lines from now on.
    mutating func keep(_ lines: Int) {
        drop(to: start(keeping: lines))
        lineLimit = max(1, lines)
    }

    mutating func append(_ line: EventLine) {
        drop(to: start(afterAdding: line))
        slots.append(line)
        bytes += line.text.count
    }

    private mutating func drop(to newStart: Int) {
        for position in start..<newStart { bytes -= self[position].text.count }
        head += newStart - start
        start = newStart
        // What is in front still takes memory: an eighth of the rest at most.
        if head > max(256, slots.count / 8) {
            slots.removeFirst(head)
            head = 0
        }
    }

    /// Forgets all lines.
    mutating func removeAll() {
        start = end
        slots = []
        head = 0
        bytes = 0
    }

    /// The position of the first line with a higher number.
    func position(after sequence: Int) -> Int {
        var low = start
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if self[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The position from which on so many lines pass a filter; nil if there are not so many.
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
