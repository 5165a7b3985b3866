/// The lines of a file, the last first.
struct ReverseLines: Sequence, IteratorProtocol {
    private let file: LineReader
    /// Where the part begins that has been read.
    private var offset: Int
    /// What has been read, and not yet been given.
    private var held: [UInt8] = []
    private var hasBegun = false

    private static let blockSize = 65536
    /// What is longer is no line of ours.
    private static let longestLine = 1 << 20

    /// What follows the last line feed is no whole line.
    init(_ file: LineReader) {
        self.file = file
        offset = file.size
    }

    /// With its line feed.
    mutating func next() -> ArraySlice<UInt8>? {
        if !hasBegun {
            hasBegun = true
            guard let end = lineFeed(in: held) else { return nil }
            held.removeSubrange((end + 1)...)
        }
        guard !held.isEmpty else { return nil }
        // The last byte ends this line; the one before it ends the line before.
        let begin = lineFeed(before: held.count - 1).map { $0 + 1 } ?? 0
        defer { held.removeSubrange(begin...) }
        return ArraySlice(Array(held[begin...]))
    }

    private mutating func lineFeed(in bytes: [UInt8]) -> Int? { lineFeed(before: bytes.count) }

    /// Where the last line feed is in front of a place; reads on if it is not in what is held.
    private mutating func lineFeed(before place: Int) -> Int? {
        var place = place
        while true {
            if let found = held[..<place].lastIndex(of: UInt8(ascii: "\n")) { return found }
            guard offset > 0, held.count < Self.longestLine else { return nil }
            let count = Swift.min(Self.blockSize, offset)
            offset -= count
            let more = readBytes(file.descriptor, at: offset, count: count)
            guard more.count == count else { return nil }
            held = more + held
            place = count
        }
    }
}
