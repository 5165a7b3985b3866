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
        let earlier = RotatedFiles(path: path)
        var known: Set<FileIdentity> = []
        let paths = [path] + earlier.entries().map { earlier.path($0.number) }
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
