/// Sending records to readers.
extension SocketServer {
    /// Number of bytes that are prepared for a reader at a time.
    private static let batchSize = 32768
    /// Maximum number of attempts, 50 ms apart, to read a record that should be in the log.
    private static let searchAttemptLimit = 40

    /// Adds a record to the backlog. Drops the records for which a reader is too slow.
    func append(_ line: EventLine) {
        let start = backlog.start(afterAdding: line)
        var missed = 0
        for reader in readers.values where reader.isFollowing && isTooFarBehind(reader, start) {
            // The reader may be behind only because it was not served yet.
            if !reader.hasUnsentBytes { serve(reader) }
            guard readers[reader.number] != nil else { continue }
            while isTooFarBehind(reader, start) { missed += reader.skip(backlog[reader.position]) }
        }
        if missed > 0 { counts.withLock { $0.missed += missed } }
        backlog.append(line)
    }

    /// Drops records from the backlog that readers may not have received.
    ///
    /// - Parameter start: position of the oldest record afterwards.
    func skipLines(before start: Int) {
        var missed = 0
        for reader in readers.values where reader.isFollowing && reader.position < start {
            if !reader.hasUnsentBytes { serve(reader) }
            guard readers[reader.number] != nil else { continue }
            while reader.position < start { missed += reader.skip(backlog[reader.position]) }
        }
        if missed > 0 { counts.withLock { $0.missed += missed } }
    }

    /// Whether the record at a reader's position has to be dropped when one more is added.
    ///
    /// - Parameter start: position of the oldest record afterwards.
    private func isTooFarBehind(_ reader: SocketReader, _ start: Int) -> Bool {
        guard reader.position < backlog.end else { return false }
        return reader.position < start || backlog.end - reader.position >= settings.readerBuffer
    }

    /// Sends records to all readers.
    func serveAll() {
        // A reader with unsent bytes is served when it becomes writable.
        for reader in readers.values where !reader.hasUnsentBytes { serve(reader) }
    }

    /// Whether a reader that reads has not received all records.
    var isSending: Bool {
        let now = clock.monotonic()
        return readers.values.contains { reader in
            switch reader.phase {
            case .waiting: false
            case .history: true
            case .live, .leaving: reader.hasUnsentBytes && !reader.isStuck(at: now, seconds: 0.5, bytes: .max)
            }
        }
    }

    /// Continues to send to a reader that has become writable.
    func resumeSending(_ number: Int) {
        guard let reader = readers[number] else { return }
        reader.connection.watchWritability(false)
        serve(reader)
    }

    /// Sends as many records to a reader as it accepts.
    func serve(_ reader: SocketReader) {
        let now = clock.monotonic()
        repeat {
            let (bytes, outcome) = reader.send(at: now)
            counts.withLock { $0.bytes += bytes }
            switch outcome {
            case .wouldBlock: return
            case .closed: return close(reader)
            case .bytes: break
            }
        } while refill(reader)
        reader.noteUpToDate(at: now)
        let isDone = reader.phase == .live && reader.endPosition.map { reader.position >= $0 } ?? false
        if isDone || reader.phase == .leaving { close(reader) }
    }

    /// Prepares the next bytes for a reader.
    ///
    /// - Returns: whether there are bytes to send.
    private func refill(_ reader: SocketReader) -> Bool {
        switch reader.phase {
        case .waiting, .leaving: return false
        case .history:
            readHistory(for: reader)
            return false
        case .live:
            reader.appendGap(at: clock.wallClock())
            while reader.unsentByteCount < Self.batchSize, reader.position < reader.endPosition ?? backlog.end {
                let line = backlog[reader.position]
                reader.position += 1
                if reader.wants(line) { reader.append(line.text) }
            }
            return reader.hasUnsentBytes
        }
    }

    // MARK: - From the log

    private func readHistory(for reader: SocketReader) {
        guard let cursor = reader.cursor, !cursor.isBusy else { return }
        cursor.isBusy = true
        readLog(for: reader) {
            cursor.reader.next(size: Self.batchSize)
        } then: { server, reader, batch in
            cursor.isBusy = false
            // The reader may have sent another request meanwhile.
            guard reader.cursor === cursor else { return }
            reader.append(batch.text)
            server.join(reader, cursor, isLast: batch.isLast)
            server.serve(reader)
        }
    }

    /// Continues with the backlog once the records read from the log reach it.
    private func join(_ reader: SocketReader, _ cursor: HistoryCursor, isLast: Bool) {
        let last = cursor.reader.lastSequence
        let first = backlog.firstSequence
        let meets = first.map { $0 <= last + 1 } ?? false
        guard meets || isLast else { return }
        reader.cursor = nil
        // If the backlog still has all records of this run, older ones are in the log or nowhere.
        if !meets, let first, backlog.hasDropped {
            let isExpected = (log?.statistics.sequence ?? 0) < first - 1
            if (isExpected || cursor.attempts == 0) && cursor.attempts < Self.searchAttemptLimit {
                return readAgain(reader, after: last, attempts: cursor.attempts + 1)
            }
            reader.append(EventLine.gap(missed: first - 1 - last, sequence: first - 1, time: clock.wallClock()).text)
        }
        reader.lastSeenSequence = max(reader.lastSeenSequence, last)
        reader.position = backlog.position(after: last)
        reader.phase = .live
    }
}
