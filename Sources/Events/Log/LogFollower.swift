/// Follows a log: what was before, and then whatever is written, whether files are rotated, truncated or replaced
/// meanwhile.
///
/// It belongs to one queue at a time.
package final class LogFollower {
    private let log: LogHistory
    private let filter: EventFilter
    /// Lines that are still to be given.
    private var lines: [[UInt8]] = []
    private var backfill: HistoryReader?
    private var live: LineReader?
    /// The number of the last line that was read.
    private var lastSequence: Int

    /// Begins with lines that were written before.
    package init(_ history: LogHistory, from start: HistoryReader.Start, filter: EventFilter) {
        log = history
        self.filter = filter
        backfill = HistoryReader(history, from: start, filter: filter)
        lastSequence = 0
    }

    /// Begins with so many of the last lines that pass.
    package init(_ history: LogHistory, last count: Int, filter: EventFilter) {
        log = history
        self.filter = filter
        // What is written between the two is in the second, and then not read again.
        lastSequence = history.lastSequence ?? 0
        lines = history.lastLines(count, filter).reversed()
        lastSequence = max(lastSequence, lines.first.flatMap { LoggedLine.sequence(of: $0) } ?? 0)
    }

    /// The next line, with its line feed; nil if there is none now.
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

    /// Looks whether the name stands for another file, or the file has been emptied.
    ///
    /// - Returns: whether there may be something to read now.
    private func reopenIfReplaced() -> Bool {
        guard let live else { return open() }
        if FileIdentity(path: log.path) != live.identity {
            // What was written to the old one in its last moments.
            if let line = nextLive() { lines = [line] }
            self.live = nil
            return open() || !lines.isEmpty
        }
        guard live.size < live.offset else { return false }
        live.seek(0)
        resetIfRestarted(live)
        return true
    }

    /// Opens what the name stands for now, and what has been renamed since.
    private func open() -> Bool {
        guard let file = LineReader(path: log.path) else { return false }
        resetIfRestarted(file)
        backfill = HistoryReader(log, from: .after(lastSequence), filter: filter)
        file.seek(behind: lastSequence)
        live = file
        return true
    }

    /// Numbers that begin anew are another run's, of a program that does not keep them.
    private func resetIfRestarted(_ file: LineReader) {
        if let first = file.firstSequence, first < lastSequence, !contains(sequence: lastSequence, file) {
            lastSequence = 0
        }
        file.seek(0)
    }

    /// Whether a file has a line of that number.
    private func contains(sequence: Int, _ file: LineReader) -> Bool {
        file.seek(behind: sequence - 1)
        while let line = file.next() {
            if let number = LoggedLine.sequence(of: line), number >= sequence { return true }
        }
        return false
    }
}
