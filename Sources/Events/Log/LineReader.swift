import Glibc

/// Reads the lines of a file, forwards. At the file's end it can be asked again: more may have been written.
///
/// It belongs to one queue at a time.
final class LineReader {
    let descriptor: Int32
    let identity: FileIdentity?
    /// Where the next line begins, in bytes.
    private(set) var offset = 0
    private var block: [UInt8] = []
    private var start = 0
    /// Bytes of a line that is too long to be one, which are left out.
    private var isSkipping = false

    private static let blockSize = 65536
    /// What is longer is no line of ours.
    private static let longestLine = 1 << 20

    /// - Returns: nil if the file cannot be opened, or is none.
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

    /// Bytes.
    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Seconds since 1970 at which the file was written to last.
    var modified: Double {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Double(status.st_mtim.tv_sec + 1) : 0
    }

    /// Goes to a place at which a line begins.
    func seek(_ offset: Int) {
        self.offset = offset
        block = []
        start = 0
        isSkipping = false
    }

    /// The next line, with its line feed; nil if there is none, or not all of it.
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

    /// Reads on.
    private func fill() -> Bool {
        block.removeFirst(start)
        start = 0
        let more = readBytes(descriptor, at: offset + block.count, count: Self.blockSize)
        block += more
        return !more.isEmpty
    }

    // MARK: - By number

    /// The number of the first line that begins at a place or behind it, and where it does.
    ///
    /// - Returns: nil if there is none.
    private func line(from position: Int) -> (sequence: Int, offset: Int)? {
        seek(position)
        if position > 0 {
            // The line that began before it.
            seek(position - 1)
            guard next() != nil else { return nil }
        }
        while true {
            let begin = offset
            guard let line = next() else { return nil }
            if let sequence = LoggedLine.sequence(of: line) { return (sequence, begin) }
        }
    }

    /// The number of the first line.
    var firstSequence: Int? { line(from: 0)?.sequence }

    /// Goes to a line somewhat before the first that has a higher number, by bisection: the numbers of a log
    /// only go up.
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
