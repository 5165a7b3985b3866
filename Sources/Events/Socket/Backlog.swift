/// The last lines. Each has a place, which only goes up.
///
/// Kept are as many lines as readers may ask for, and as many bytes as a reader may be behind, whichever is more.
struct Backlog {
    private struct Slot {
        var line: EventLine
        /// The bytes of all lines before it, of those that are gone, too.
        var offset: Int
    }

    private let lineLimit: Int
    private let byteLimit: Int
    /// Bytes that are kept though there are lines enough.
    private let readerBuffer: Int
    /// The lines, the first of them at `head`: what is in front of it is removed from time to time.
    private var slots: [Slot] = []
    private var head = 0
    /// The place of the oldest line.
    private(set) var start = 0
    /// The bytes of all lines so far.
    private var total = 0

    /// Bytes for each line that is to be kept: of longer ones, fewer are.
    static let bytesPerLine = 1024

    /// - Parameters:
    ///   - lines: that are kept for whoever asks for them.
    ///   - readerBuffer: bytes that a reader may be behind.
    init(lines: Int, readerBuffer: Int) {
        lineLimit = lines
        byteLimit = lines * Self.bytesPerLine
        self.readerBuffer = readerBuffer
    }

    /// The place behind the newest line.
    var end: Int { start + slots.count - head }

    /// Whether the oldest lines are no longer there.
    var hasDropped: Bool { start > 0 }

    /// The number of the oldest line; nil if there is none.
    var firstSequence: Int? { start < end ? self[start].sequence : nil }

    /// - Precondition: `start..<end` contains the place.
    subscript(place: Int) -> EventLine { slots[head + place - start].line }

    /// The bytes of the lines from a place on.
    func bytes(from place: Int) -> Int { place < end ? total - slots[head + place - start].offset : 0 }

    /// Where the oldest line will be when a line has been added.
    func start(afterAdding line: EventLine) -> Int {
        var place = start
        while place < end {
            let bytes = bytes(from: place) + line.text.count
            guard bytes > readerBuffer, end - place >= lineLimit || bytes > byteLimit else { break }
            place += 1
        }
        return place
    }

    mutating func append(_ line: EventLine) {
        let newStart = start(afterAdding: line)
        head += newStart - start
        start = newStart
        if head > 1024, head > slots.count / 2 {
            slots.removeFirst(head)
            head = 0
        }
        slots.append(Slot(line: line, offset: total))
        total += line.text.count
    }

    /// Forgets all lines.
    mutating func removeAll() {
        start = end
        slots = []
        head = 0
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
