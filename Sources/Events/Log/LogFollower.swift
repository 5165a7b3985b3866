/// Follows a log: earlier records first, then records as they are written. Rotation, truncation and replacement of
/// files are handled.
///
/// Not thread-safe: it belongs to one queue at a time.
package final class LogFollower {
    private let log: LogHistory
    private let filter: EventFilter
    /// Lines to return next, the first of them last.
    private var lines: [[UInt8]] = []
    private var backfill: HistoryReader?
    private var live: LineReader?
    /// Sequence number of the last record that was read.
    private var lastSequence: Int

    /// Begins with earlier records.
    package init(_ history: LogHistory, from start: HistoryReader.Start, filter: EventFilter) {
        log = history
        self.filter = filter
        backfill = HistoryReader(history, from: start, filter: filter)
        lastSequence = 0
    }

    /// Begins with the last records that pass the filter.
    ///
    /// - Parameter count: maximum number of those records.
    package init(_ history: LogHistory, last count: Int, filter: EventFilter) {
        log = history
        self.filter = filter
        // Records that are written between these two calls are in the result of the second, and are then not read
        // again.
        lastSequence = history.lastSequence ?? 0
        lines = history.lastLines(count, filter).reversed()
        lastSequence = max(lastSequence, lines.first.flatMap { LoggedLine.sequence(of: $0) } ?? 0)
    }

    /// Returns the next record with its line feed; nil if there is none now.
    package func next() -> [UInt8]? {
        while true {
            if let line = lines.popLast() { return line }
            if let backfill {
                read(backfill)
            } else if let line = nextLive() {
                return line
            } else if !reopenIfReplaced() {
                return nil
            }
        }
    }

    private func read(_ backfill: HistoryReader) {
        let batch = backfill.next(size: 65536)
        lines = batch.text.split(separator: UInt8(ascii: "\n")).reversed().map { Array($0) + [UInt8(ascii: "\n")] }
        lastSequence = max(lastSequence, backfill.lastSequence)
        if batch.isLast { self.backfill = nil }
    }

    private func nextLive() -> [UInt8]? {
        guard let live else { return nil }
        while let line = live.next() {
            guard let sequence = LoggedLine.sequence(of: line), sequence > lastSequence else { continue }
            lastSequence = sequence
            if filter.passes(line) { return Array(line) }
        }
        return nil
    }

    /// Opens the file again if the path leads to another one, or starts over if it was truncated.
    ///
    /// - Returns: whether there may be something to read.
    private func reopenIfReplaced() -> Bool {
        guard let live else { return open() }
        if FileIdentity(path: log.path) != live.identity {
            // The last records of the old file.
            if let line = nextLive() { lines = [line] }
            self.live = nil
            return open() || !lines.isEmpty
        }
        guard live.size < live.offset else { return false }
        live.seek(0)
        resetIfRestarted(live)
        return true
    }

    /// Opens the file at the path, and reads the files that have been rotated since.
    private func open() -> Bool {
        guard let file = LineReader(path: log.path) else { return false }
        resetIfRestarted(file)
        backfill = HistoryReader(log, from: .after(lastSequence), filter: filter)
        file.seek(behind: lastSequence)
        live = file
        return true
    }

    /// Starts over if sequence numbers restarted: another program without a state file writes the log.
    private func resetIfRestarted(_ file: LineReader) {
        if let first = file.firstSequence, first < lastSequence, !contains(sequence: lastSequence, file) {
            lastSequence = 0
        }
        file.seek(0)
    }

    /// Whether a file has a record with the sequence number, or a later one.
    private func contains(sequence: Int, _ file: LineReader) -> Bool {
        file.seek(behind: sequence - 1)
        while let line = file.next() {
            if let number = LoggedLine.sequence(of: line), number >= sequence { return true }
        }
        return false
    }
}
