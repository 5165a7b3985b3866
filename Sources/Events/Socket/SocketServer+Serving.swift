/// What readers are sent.
extension SocketServer {
    /// Bytes that are made ready for a reader at a time.
    private static let pieceSize = 32768
    /// How often it is looked for a line that should be in the log, every 50 ms.
    private static let longestSearch = 40

    /// A line has been written.
    func append(_ line: EventLine) {
        let start = backlog.start(afterAdding: line)
        var missed = 0
        for reader in readers.values where reader.isFollowing && isTooFarBehind(reader, start) {
            // It may only not have been served yet.
            if !reader.isBehind { serve(reader) }
            guard readers[reader.number] != nil else { continue }
            while isTooFarBehind(reader, start) { missed += reader.miss(backlog[reader.place]) }
        }
        if missed > 0 { counts.withLock { $0.missed += missed } }
        backlog.append(line)
    }

    /// Lines are about to be dropped that a reader may not have been sent.
    ///
    /// - Parameter start: the place of the oldest line afterwards.
    func missLines(before start: Int) {
        var missed = 0
        for reader in readers.values where reader.isFollowing && reader.place < start {
            if !reader.isBehind { serve(reader) }
            guard readers[reader.number] != nil else { continue }
            while reader.place < start { missed += reader.miss(backlog[reader.place]) }
        }
        if missed > 0 { counts.withLock { $0.missed += missed } }
    }

    /// Whether a reader has to miss the line at its place when one more is added.
    ///
    /// - Parameter start: the place of the oldest line then.
    private func isTooFarBehind(_ reader: SocketReader, _ start: Int) -> Bool {
        guard reader.place < backlog.end else { return false }
        return reader.place < start || backlog.end - reader.place >= settings.readerBuffer
    }

    func serveAll() {
        // A reader that has to take something first is served when it has.
        for reader in readers.values where !reader.isBehind { serve(reader) }
    }

    /// Whether a reader that reads has not got everything yet.
    var isSending: Bool {
        let now = clock.monotonic()
        return readers.values.contains { reader in
            switch reader.phase {
            case .waiting: false
            case .past: true
            case .present, .leaving: reader.isBehind && !reader.isStuck(at: now, seconds: 0.5, bytes: .max)
            }
        }
    }

    /// There is room for a reader again.
    func goOn(_ number: Int) {
        guard let reader = readers[number] else { return }
        reader.connection.watchRoom(false)
        serve(reader)
    }

    /// Sends a reader all that it can take.
    func serve(_ reader: SocketReader) {
        let now = clock.monotonic()
        repeat {
            let (bytes, outcome) = reader.send(at: now)
            counts.withLock { $0.bytes += bytes }
            switch outcome {
            case .later: return
            case .over: return close(reader)
            case .bytes: break
            }
        } while refill(reader)
        reader.isUpToDate(at: now)
        let isDone = reader.phase == .present && reader.leavesAt.map { reader.place >= $0 } ?? false
        if isDone || reader.phase == .leaving { close(reader) }
    }

    /// - Returns: whether there is something to send.
    private func refill(_ reader: SocketReader) -> Bool {
        switch reader.phase {
        case .waiting, .leaving: return false
        case .past:
            readPast(for: reader)
            return false
        case .present:
            reader.appendGap(at: clock.wallClock())
            while reader.waiting < Self.pieceSize, reader.place < reader.leavesAt ?? backlog.end {
                let line = backlog[reader.place]
                reader.place += 1
                if reader.wants(line) { reader.append(line.text) }
            }
            return reader.isBehind
        }
    }

    // MARK: - From the log

    private func readPast(for reader: SocketReader) {
        guard let past = reader.past, !past.isBusy else { return }
        past.isBusy = true
        lookUp(for: reader) {
            past.reader.next(size: Self.pieceSize)
        } then: { server, reader, piece in
            past.isBusy = false
            // It may have asked for something else meanwhile.
            guard reader.past === past else { return }
            reader.append(piece.text)
            server.join(reader, past, isLast: piece.isLast)
            server.serve(reader)
        }
    }

    /// Goes over to the backlog, if what was read from the log reaches it.
    private func join(_ reader: SocketReader, _ past: HistoryCursor, isLast: Bool) {
        let last = past.reader.lastSequence
        let first = backlog.firstSequence
        let meets = first.map { $0 <= last + 1 } ?? false
        guard meets || isLast else { return }
        reader.past = nil
        // As long as the backlog has all of this run, what was before is in the log or nowhere.
        if !meets, let first, backlog.hasDropped {
            let isExpected = (log?.statistics.sequence ?? 0) < first - 1
            if (isExpected || past.attempts == 0) && past.attempts < Self.longestSearch {
                return readAgain(reader, after: last, attempts: past.attempts + 1)
            }
            reader.append(EventLine.gap(missed: first - 1 - last, sequence: first - 1, time: clock.wallClock()).text)
        }
        reader.seen = max(reader.seen, last)
        reader.place = backlog.place(after: last)
        reader.phase = .present
    }
}
