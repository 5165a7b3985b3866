import Basics
import Events
import Glibc
import SystemPackage

/// Factory of the log: the file with an event record on each line.
///
/// The state is recovered from the log, so another log needs a restart.
struct EventLogFactory: SinkFactory {
    let name = "log"
    let restartsService = true
    var settings: WritableKeyPath<EventOutputs, EventLog.Settings?> & Sendable { \.log }

    /// Settings of a configuration that says nothing of the log.
    static let initial = EventLog.Settings(path: "/var/log/lookout/events.jsonl", keep: initialKeep)
    private static let initialKeep = 14
    /// Seconds that opening the file may take.
    private static let longestOpening = 3.0

    func read(_ section: Section) -> EventLog.Settings? {
        var log = Self.initial
        let isOn = section.switchable(Keys.Outputs.log) { section in
            section.read(Keys.EventLog.path, into: &log.path)
            section.read(Keys.EventLog.rotateSize, into: &log.rotation.size)
            section.read(Keys.EventLog.rotateAge, into: &log.rotation.age)
            var keep = Self.initialKeep
            section.read(Keys.EventLog.keep, into: &keep)
            log.retention.keep = keep
            section.read(Keys.EventLog.maximumAge, into: &log.retention.maxAge)
            section.read(Keys.EventLog.freeSpace, into: &log.retention.freeSpace)
            readFsync(section, into: &log)
        }
        return isOn ? log : nil
    }

    private func readFsync(_ section: Section, into log: inout EventLog.Settings) {
        var mode = Keys.FsyncMode.none
        var interval = EventLog.Settings.Fsync.standardInterval
        let isKnown = section.read(Keys.EventLog.fsync, into: &mode) || section.place(of: "fsync") == nil
        section.read(Keys.EventLog.fsyncInterval, into: &interval)
        log.fsync =
            switch mode {
            case .none: .none
            case .interval: .interval(interval)
            case .each: .each
            }
        guard isKnown, mode != .interval, let place = section.place(of: "fsync_interval") else { return }
        section.diagnostics.refuse(
            place, "\"fsync_interval\" applies only to \"fsync: interval\", and \"fsync\" is \(mode.rawValue)")
    }

    func path(_ settings: EventLog.Settings) -> (key: String, path: String)? { ("events.log.path", settings.path) }

    /// A device or a pipe may have several writers.
    func exclusivePath(_ settings: EventLog.Settings) -> String? {
        var status = stat()
        let isSpecial = stat(settings.path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
        return isSpecial ? nil : settings.path
    }

    /// Opens nothing: two logs cannot write to the same file. A log that cannot be written to is tried again later, but
    /// for a reload it is an error.
    func prepare(
        _ settings: EventLog.Settings, _ context: SinkContext, replacing old: EventLog?
    ) throws -> PreparedSink {
        if context.isReload { try Self.requireWritable(settings.path) }
        return PreparedSink { _, _ in EventLog(settings: settings) }
    }

    private static func requireWritable(_ path: String) throws(LineSink.Failure) {
        let error =
            withDeadline(longestOpening) { () -> Int32 in
                let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o640)
                guard file >= 0 else { return errno == ENXIO ? 0 : errno }
                close(file)
                return 0
            } ?? ETIMEDOUT
        guard error == 0 else { throw LineSink.Failure(opening: path, error: Errno(rawValue: error)) }
    }

    func reopen(_ sink: EventLog, _ settings: EventLog.Settings) -> EventLog {
        sink.reopen()
        return sink
    }
}
