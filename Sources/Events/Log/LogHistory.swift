/// The records of a log and of its rotated files, except compressed ones.
///
/// Files may be renamed, truncated and removed while they are read.
package struct LogHistory: Sendable {
    /// Path of the log.
    package let path: String

    /// - Parameter path: path of the log.
    package init(path: String) { self.path = path }

    /// Opens the files; returns the oldest first. They are opened newest first, so that a file renamed meanwhile is
    /// met twice instead of missed.
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

    /// Sequence number of the last record; nil if there is none.
    package var lastSequence: Int? {
        for file in files().reversed() {
            for line in ReverseLines(file) {
                if let sequence = LoggedLine.sequence(of: line) { return sequence }
            }
        }
        return nil
    }

    /// Returns the last records that pass a filter, in the order in which they were written.
    ///
    /// - Parameters:
    ///   - count: maximum number of records.
    ///   - filter: selects records.
    ///   - bytes: size of the part of the log that is searched, from its end.
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

/// Reads the records of a history in batches, the oldest first.
///
/// Not thread-safe: it belongs to one queue at a time.
package final class HistoryReader {
    /// First record to read.
    package enum Start: Equatable, Sendable {
        /// The first record with a higher sequence number.
        case after(Int)
        /// The first record at that time or later. Only such records are returned.
        case time(Timestamp)
    }

    /// Result of one step.
    package struct Batch: Sendable {
        /// Lines that pass the filter, each with its line feed.
        package var text: [UInt8] = []
        /// Whether all records have been read.
        package var isLast = false
    }

    private var files: [LineReader]
    private let start: Start
    private let filter: EventFilter
    /// Sequence number of the last record that was read, whether it passed the filter or not.
    package private(set) var lastSequence: Int
    /// Sequence number of the first record in the files; nil if there is none, or reading starts at a time.
    package private(set) var firstSequence: Int?

    /// Maximum number of bytes that one step reads, so that steps of several readers can alternate.
    private static let stepSize = 1 << 20

    /// Opens the files of a history.
    ///
    /// - Parameters:
    ///   - history: the log and its rotated files.
    ///   - start: first record to read.
    ///   - filter: selects records.
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
            // A file has no records that are newer than its last modification.
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

    /// Reads the next batch.
    ///
    /// - Parameter size: size of the batch in bytes. The last line may exceed it.
    package func next(size: Int) -> Batch {
        var batch = Batch()
        var read = 0
        while batch.text.count < size, read < Self.stepSize {
            guard let file = files.first else {
                batch.isLast = true
                break
            }
            guard let line = file.next() else {
                // Records that are written to the newest file later come from another source.
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
