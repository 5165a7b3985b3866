/// Requests of readers.
extension SocketServer {
    /// Maximum number of readers that read the log at the same time. Limits the number of open files.
    private static let historyReaderLimit = 16
    /// Size of the part of the log in bytes that is searched for the last records, from its end.
    private static let lookBackLimit = 16 << 20

    /// Reads the input of a reader, after it has sent something or closed its writing end.
    func receive(from number: Int) {
        guard let reader = readers[number] else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        switch reader.connection.read(into: &buffer) {
        case .wouldBlock: return
        case .bytes(let count):
            if reader.requestBegan == nil { reader.requestBegan = clock.monotonic() }
            handle(reader.request.add(buffer[..<count]), from: reader)
        case .closed:
            reader.connection.stopReading()
            reader.inputClosed = true
            if reader.connection.isGone { return close(reader) }
            handle(reader.request.end(), from: reader)
        }
    }

    private func handle(_ outcome: RequestBuffer.Outcome, from reader: SocketReader) {
        guard reader.phase != .leaving else { return }
        switch outcome {
        case .incomplete: break
        case .tooLong: refuse(reader, "a request has at most \(RequestBuffer.longestRequest) bytes")
        case .trailingBytes: refuse(reader, "a reader may send only one line")
        case .line(let line):
            do { apply(try ReaderRequest(line), for: reader) } catch { refuse(reader, error.description) }
        }
    }

    private func apply(_ request: ReaderRequest, for reader: SocketReader) {
        reader.filter = request.filter
        if request.start != nil { reader.forgetMissed() }
        if request.wantsState { sendStates(to: reader) }
        switch request.start {
        case nil: reader.phase = .live
        case .after(let sequence): begin(reader, after: sequence)
        case .time(let time): beginHistory(reader, from: .time(time))
        case .last(let count): begin(reader, last: count)
        }
        if !request.follows { reader.endPosition = backlog.end }
        serve(reader)
    }

    private func sendStates(to reader: SocketReader) {
        guard let (lines, sequence) = states?.snapshot() else { return }
        for line in lines where Self.wants(line, reader.filter) { reader.append(line.text) }
        // Records that the `state` records include may arrive here later: they must not be sent.
        reader.lastSeenSequence = max(reader.lastSeenSequence, sequence)
    }

    /// Whether a `state` record passes a filter. Types in the filter do not apply to it.
    private static func wants(_ line: EventLine, _ filter: EventFilter) -> Bool {
        EventFilter(sources: filter.sources, labels: filter.labels).passes(line.topic)
    }

    // MARK: - Earlier records

    private func begin(_ reader: SocketReader, after sequence: Int) {
        reader.lastSeenSequence = sequence
        reader.position = backlog.position(after: sequence)
        let isInBacklog = backlog.firstSequence.map { $0 <= sequence + 1 } ?? false
        if isInBacklog {
            reader.phase = .live
        } else if log == nil {
            beginWithoutLog(reader, after: sequence)
        } else {
            beginHistory(reader, from: .after(sequence))
        }
    }

    /// Continues with the backlog, after a `gap` record for the records that it lacks.
    private func beginWithoutLog(_ reader: SocketReader, after sequence: Int) {
        reader.phase = .live
        guard let first = backlog.firstSequence, first > sequence + 1 else { return }
        reader.append(EventLine.gap(missed: first - sequence - 1, sequence: first - 1, time: clock.wallClock()).text)
    }

    private func begin(_ reader: SocketReader, last count: Int) {
        if let position = backlog.position(ofLast: count, reader.filter) {
            reader.position = position
            reader.lastSeenSequence = 0
            reader.phase = .live
            return
        }
        guard let log else {
            reader.position = backlog.start
            reader.phase = .live
            return
        }
        reader.phase = .history
        readLog(for: reader) { [history = log.history, filter = reader.filter] in
            history.lastLines(count, filter, within: Self.lookBackLimit).first.flatMap { LoggedLine.sequence(of: $0) }
        } then: { server, reader, first in
            // If the log has none, the backlog has all records.
            server.begin(reader, after: first.map { $0 - 1 } ?? (server.backlog.firstSequence ?? 1) - 1)
            server.serve(reader)
        }
    }

    private func beginHistory(_ reader: SocketReader, from start: HistoryReader.Start) {
        guard let log else {
            // Without a log, there are only the records of the backlog; the reader has to select by time itself.
            reader.position = backlog.start
            reader.phase = .live
            return
        }
        reader.lastSeenSequence = 0
        reader.phase = .history
        // Limits the number of open files.
        guard readers.values.count(where: { $0.cursor != nil }) < Self.historyReaderLimit else {
            return readLog(for: reader, after: 0.05) {
            } then: { server, reader, _ in
                server.beginHistory(reader, from: start)
            }
        }
        readLog(for: reader) { [history = log.history, filter = reader.filter] in
            HistoryCursor(HistoryReader(history, from: start, filter: filter))
        } then: { server, reader, cursor in
            reader.cursor = cursor
            if case .after(let sequence) = start { server.appendLeadingGap(of: cursor, after: sequence, for: reader) }
            server.serve(reader)
        }
    }

    /// Appends a `gap` record for requested records that are no longer in the log.
    private func appendLeadingGap(of cursor: HistoryCursor, after sequence: Int, for reader: SocketReader) {
        guard let first = cursor.reader.firstSequence, first > sequence + 1 else { return }
        reader.append(EventLine.gap(missed: first - sequence - 1, sequence: first - 1, time: clock.wallClock()).text)
    }

    /// Reads the log again for records that it should have by now.
    func readAgain(_ reader: SocketReader, after sequence: Int, attempts: Int) {
        guard let log else { return }
        readLog(for: reader, after: 0.05) { [history = log.history, filter = reader.filter] in
            let cursor = HistoryCursor(HistoryReader(history, from: .after(sequence), filter: filter))
            cursor.attempts = attempts
            return cursor
        } then: { server, reader, cursor in
            reader.cursor = cursor
            server.serve(reader)
        }
    }
}
