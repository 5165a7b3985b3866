/// The last lines, so many and so many bytes of them at most. Each has a place, which only goes up.
struct Backlog {
    private var lines: [EventLine?]
    private let byteLimit: Int
    private var bytes = 0
    /// The place of the oldest line, and the one behind the newest.
    private(set) var start = 0
    private(set) var end = 0

    init(lines: Int, bytes: Int) {
        self.lines = Array(repeating: nil, count: max(1, lines))
        byteLimit = bytes
    }

    /// Whether the oldest lines are no longer there.
    var hasDropped: Bool { start > 0 }

    /// The number of the oldest line; nil if there is none.
    var firstSequence: Int? { start < end ? self[start].sequence : nil }

    /// - Precondition: `start..<end` contains the place.
    subscript(place: Int) -> EventLine {
        precondition(start <= place && place < end, "no line at this place")
        guard let line = lines[place % lines.count] else { preconditionFailure("a place without a line") }
        return line
    }

    /// Where the oldest line will be when a line has been added.
    func start(afterAdding line: EventLine) -> Int {
        var start = start
        var bytes = bytes + line.text.count
        if end - start == lines.count {
            bytes -= self[start].text.count
            start += 1
        }
        while bytes > byteLimit, start < end {
            bytes -= self[start].text.count
            start += 1
        }
        return start
    }

    mutating func append(_ line: EventLine) {
        let newStart = start(afterAdding: line)
        for place in start..<newStart {
            bytes -= self[place].text.count
            lines[place % lines.count] = nil
        }
        start = newStart
        lines[end % lines.count] = line
        bytes += line.text.count
        end += 1
    }

    /// The place of the first line with a higher number.
    func place(after sequence: Int) -> Int {
        var low = start
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if self[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The place from which on so many lines pass a filter; nil if there are not so many.
    func place(ofLast count: Int, _ filter: EventFilter) -> Int? {
        guard count > 0 else { return end }
        var found = 0
        for place in (start..<end).reversed() where filter.passes(self[place].topic) {
            found += 1
            if found == count { return place }
        }
        return nil
    }
}
