import ArgumentParser
import Events
import Watch

/// Options by which recordings are found, and placed in time.
struct RecordingSelection: ParsableArguments {
    @Option(
        help: "List of recordings, a path on each line; - for standard input. Paths may end with zero bytes instead.",
        completion: .file())
    var filesFrom: String?

    @Option(
        help: ArgumentHelp(
            "Pattern of the start time in the names of files, such as %Y-%m-%d_%H-%M-%S.",
            discussion: """
                Fields: %Y %m %d %H %M %S, %y, %s (seconds since 1970), %z (offset from UTC). Without %z, names have local \
                time: TZ=Europe/Berlin lookout analyze … names the zone.
                """,
            valueName: "pattern"),
        transform: { text in
            do { return try NameTime(text) } catch { throw ValidationError("\(error)") }
        })
    var nameTime: NameTime?

    @Option(
        parsing: .unconditional, help: "Analyze only what was recorded from this time on, as 2026-11-22T21:00:00Z.",
        transform: { try Timestamp(text: $0) })
    var since: Timestamp?

    @Option(
        parsing: .unconditional, help: "Analyze only what was recorded before this time.",
        transform: { try Timestamp(text: $0) })
    var until: Timestamp?

    var interval: WallClockInterval { WallClockInterval(since: since, until: until) }

    /// Checks the options.
    ///
    /// - Parameters:
    ///   - files: arguments.
    ///   - start: time of the first frame, if it is given.
    ///   - watches: whether folders are watched for further recordings.
    /// - Throws: `ValidationError`.
    func check(files: [String], start: Timestamp?, watches: Bool) throws {
        if start != nil, watches { throw ValidationError("--start is the time of one recording.") }
        if files.isEmpty, filesFrom == nil, !watches {
            throw ValidationError("Missing expected argument '<files> ...'")
        }
        if start != nil, files.count > 1 {
            throw ValidationError("--start is the time of one recording; there are several.")
        }
        if start != nil, nameTime != nil { throw ValidationError("--start and --name-time exclude each other.") }
        if let since, let until, until.milliseconds <= since.milliseconds {
            throw ValidationError("--until must be after --since.")
        }
    }

    /// Returns the recordings of the arguments and of the list.
    ///
    /// - Throws: ``Failure``, `FileError`.
    func files(of arguments: [String]) throws -> [String] {
        try RecordingList.expand(arguments) + (filesFrom.map(RecordingList.read) ?? [])
    }
}

extension FrameChoice: ExpressibleByArgument {}
