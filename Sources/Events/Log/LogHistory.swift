/// The lines of a log and of the files before it that have not been compressed.
///
/// Files may be renamed, truncated and removed while they are read.
package struct LogHistory: Sendable {
    /// The log's own path.
    package let path: String

    package init(path: String) { self.path = path }

    /// The files, the oldest first. They are opened in the other direction: whatever is renamed meanwhile is then
    /// met twice, and not missed.
    func files() -> [LineReader] {
        let rotated = RotatedFiles(path: path)
        var known: Set<FileIdentity> = []
        let paths = [path] + rotated.entries().map { rotated.path($0.number) }
        return paths.compactMap { path in
            guard let file = LineReader(path: path), let identity = file.identity, known.insert(identity).inserted
            else {
                return nil
            }
            return file
        }.reversed()
    }

    /// The number of the last line; nil if there is none.
    package var lastSequence: Int? {
        for file in files().reversed() {
            for line in ReverseLines(file) {
                if let sequence = LoggedLine.sequence(of: line) { return sequence }
            }
        }
        return nil
    }

    /// The last lines that pass a filter, in the order in which they were written.
    ///
    /// - Parameters:
    ///   - count: how many at most.
    ///   - bytes: of the last lines, in which they are looked for.
    package func lastLines(
        _ count: Int, _ filter: EventFilter = EventFilter(), within bytes: Int = .max
    ) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var read = 0
        for file in files().reversed() {
            for line in ReverseLines(file) {
                read += line.count
                if lines.count >= count || read > bytes { return lines.reversed() }
                if filter.passes(line) { lines.append(Array(line)) }
            }
        }
        return lines.reversed()
    }
}

/// Reads the lines of a history, the oldest first, a batch at a time.
///
/// It belongs to one queue at a time.
package final class HistoryReader {
    /// Where to begin.
    package enum Start: Equatable, Sendable {
        /// With the first line that has a higher number.
        case after(Int)
        /// With the first line of that time or later; only such lines are given.
        case time(Timestamp)
    }

    /// What a step has given.
    package struct Batch: Sendable {
        /// Lines that pass, one behind the other.
        package var text: [UInt8] = []
        /// Whether there is nothing more, for now.
        package var isLast = false
    }

    private var files: [LineReader]
    private let start: Start
    private let filter: EventFilter
    /// The number of the last line that was read, whether it passed or not.
    package private(set) var lastSequence: Int
    /// The number of the first line that was there to be read.
    package private(set) var firstSequence: Int?

    /// Bytes that are read in one step: nobody waits for long for somebody else's step.
    private static let stepSize = 1 << 20

    package init(_ history: LogHistory, from start: Start, filter: EventFilter = EventFilter()) {
        self.start = start
        self.filter = filter
        files = history.files()
        switch start {
        case .after(let sequence):
            lastSequence = sequence
            skip(to: sequence)
        case .time(let time):
            lastSequence = 0
            // A file holds no line that is younger than its last change.
            files.removeAll { $0.modified * 1000 < Double(time.milliseconds) }
            firstSequence = nil
        }
    }

    private func skip(to sequence: Int) {
        if let index = files.lastIndex(where: { $0.firstSequence.map { $0 <= sequence + 1 } ?? false }) {
            files.removeFirst(index)
        }
        firstSequence = files.lazy.compactMap(\.firstSequence).first
        files.first?.seek(behind: sequence)
        for file in files.dropFirst() { file.seek(0) }
    }

    /// Reads on.
    ///
    /// - Parameter size: bytes, of which there are a little more at most.
    package func next(size: Int) -> Batch {
        var batch = Batch()
        var read = 0
        while batch.text.count < size, read < Self.stepSize {
            guard let file = files.first else {
                batch.isLast = true
                break
            }
            guard let line = file.next() else {
                // What is written to the newest file later on comes from somewhere else.
                files.removeFirst()
                continue
            }
            read += line.count
            if accepts(line) { batch.text += line }
        }
        return batch
    }

    private func accepts(_ line: ArraySlice<UInt8>) -> Bool {
        guard let sequence = LoggedLine.sequence(of: line) else { return false }
        switch start {
        case .after:
            guard sequence > lastSequence else { return false }
            lastSequence = sequence
        case .time(let time):
            lastSequence = max(lastSequence, sequence)
            guard let own = LoggedLine.time(of: line), own >= time else { return false }
        }
        return filter.passes(line)
    }
}
