import Basics
import Glibc

/// Reads the lines of a file, forwards. At the end of the file, ``next()`` may be called again later, when more has
/// been written.
///
/// Not thread-safe: it belongs to one queue at a time.
final class LineReader {
    /// Descriptor of the open file.
    let descriptor: Int32
    /// Identity of the open file.
    let identity: FileIdentity?
    /// Offset of the next line, in bytes.
    private(set) var offset = 0
    private var block: [UInt8] = []
    private var start = 0
    /// Whether the current line is too long and is being skipped.
    private var isSkipping = false

    private static let blockSize = 65536
    /// Longest line in bytes. Longer lines are no event records.
    private static let longestLine = 1 << 20

    /// - Returns: nil if the file cannot be opened or is not a regular file.
    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        identity = FileIdentity(descriptor)
        if identity == nil {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Size in bytes; 0 if it cannot be read.
    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Time of the last modification, in seconds since 1970, rounded up.
    var modified: Double {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Double(status.st_mtim.tv_sec + 1) : 0
    }

    /// Moves to an offset at which a line begins.
    func seek(_ offset: Int) {
        self.offset = offset
        block = []
        start = 0
        isSkipping = false
    }

    /// Returns the next line with its line feed; nil if there is no complete line.
    func next() -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = block[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = block[start...end]
                start = end + 1
                offset += line.count
                if !isSkipping { return line }
                isSkipping = false
                searched = start
                continue
            }
            let held = block.count - start
            if held > Self.longestLine { skip(held) }
            guard fill() else { return nil }
            searched = max(0, held > Self.longestLine ? 0 : held)
        }
    }

    private func skip(_ count: Int) {
        isSkipping = true
        offset += count
        block = []
        start = 0
    }

    /// Reads the next block. Returns whether there was any.
    private func fill() -> Bool {
        block.removeFirst(start)
        start = 0
        let more = readBytes(descriptor, at: offset + block.count, count: Self.blockSize)
        block += more
        return !more.isEmpty
    }

    // MARK: - Sequence numbers

    /// Returns the first record that begins at an offset or after it: its sequence number and its offset.
    ///
    /// - Returns: nil if there is none.
    private func line(from position: Int) -> (sequence: Int, offset: Int)? {
        seek(position)
        if position > 0 {
            // Skips the line that began before the offset.
            seek(position - 1)
            guard next() != nil else { return nil }
        }
        while true {
            let begin = offset
            guard let line = next() else { return nil }
            if let sequence = LoggedLine.sequence(of: line) { return (sequence, begin) }
        }
    }

    /// Sequence number of the first record.
    var firstSequence: Int? { line(from: 0)?.sequence }

    /// Moves to a record somewhat before the first with a higher sequence number, by bisection: sequence numbers of a
    /// log ascend.
    func seek(behind sequence: Int) {
        var low = 0
        var high = size
        while high - low > 2 * Self.blockSize {
            let middle = low + (high - low) / 2
            guard let found = line(from: middle), found.offset < high, found.sequence <= sequence else {
                high = middle
                continue
            }
            low = found.offset
        }
        seek(low)
    }
}

/// The lines of a file, the last first.
struct ReverseLines: Sequence, IteratorProtocol {
    private let file: LineReader
    /// Offset of the block that was read last.
    private var offset: Int
    /// Bytes that were read and not returned yet.
    private var held: [UInt8] = []
    private var hasBegun = false

    private static let blockSize = 65536
    /// Longest line in bytes. Longer lines are no event records.
    private static let longestLine = 1 << 20

    /// Begins before the last line feed: what follows it is not a complete line.
    init(_ file: LineReader) {
        self.file = file
        offset = file.size
    }

    /// Returns the previous line with its line feed.
    mutating func next() -> ArraySlice<UInt8>? {
        if !hasBegun {
            hasBegun = true
            guard let end = lineFeed(in: held) else { return nil }
            held.removeSubrange((end + 1)...)
        }
        guard !held.isEmpty else { return nil }
        // The last byte ends this line; the line feed before it ends the previous one.
        let begin = lineFeed(before: held.count - 1).map { $0 + 1 } ?? 0
        defer { held.removeSubrange(begin...) }
        return ArraySlice(Array(held[begin...]))
    }

    private mutating func lineFeed(in bytes: [UInt8]) -> Int? { lineFeed(before: bytes.count) }

    /// Index of the last line feed before a position in `held`. Reads more of the file as needed.
    private mutating func lineFeed(before position: Int) -> Int? {
        var position = position
        while true {
            if let found = held[..<position].lastIndex(of: UInt8(ascii: "\n")) { return found }
            guard offset > 0, held.count < Self.longestLine else { return nil }
            let count = Swift.min(Self.blockSize, offset)
            offset -= count
            let more = readBytes(file.descriptor, at: offset, count: count)
            guard more.count == count else { return nil }
            held = more + held
            position = count
        }
    }
}
