import Basics
import Events
import Glibc

/// The outputs of a new configuration, opened and not yet used. If it is dropped, the outputs that there are have not
/// noticed.
struct OutputPreparation {
    let configuration: Configuration
    /// What has to be made; the rest stays as it is.
    let parts: Set<ConfigurationDifference.Part>
    /// nil if there is to be none, or the one that there is stays.
    let socket: EventSocket.Preparation?
    let samples: LiveLineSink?
    let locks: [OwnerLock]
    /// What could be better.
    let warnings: [String]

    /// Seconds that a file may take to be opened.
    private static let longestOpening = 3.0

    /// - Parameters:
    ///   - listener: an event socket that the service manager has opened.
    ///   - parts: what is to be made.
    ///   - old: what runs now. A new log that cannot be written to is refused if there is one; otherwise it is tried
    ///     again later.
    /// - Throws: ``EventSocket/Failure``, ``LineSink/Failure``, ``OwnerLock/Failure``.
    init(
        _ configuration: Configuration, listener: Int32?, parts: Set<ConfigurationDifference.Part>,
        replacing old: ServiceOutputs? = nil
    ) throws {
        self.configuration = configuration
        self.parts = parts
        (locks, warnings) = try Self.locks(configuration, old)
        if old != nil, parts.contains(.eventLog), let path = configuration.events.log?.path {
            try Self.requireWritable(path)
        }
        samples = try parts.contains(.samples) ? configuration.events.samples.map(Self.samples) : nil
        let settings = parts.contains(.socket) ? configuration.events.socket?.settings : nil
        socket = try settings.map { settings throws(EventSocket.Failure) in
            try EventSocket.prepare(settings, listening: listener, replacing: old?.socket)
        }
    }

    /// Opens the file of samples.
    ///
    /// - Throws: ``LineSink/Failure``; also if it takes too long, as that of a pipe which nobody reads.
    static func samples(_ path: String) throws -> LiveLineSink {
        let opened = withDeadline(longestOpening) { () -> Result<LineSink, LineSink.Failure> in
            do throws(LineSink.Failure) { return .success(try .file(path)) } catch { return .failure(error) }
        }
        guard let opened else {
            throw LineSink.Failure(opening: path, error: .timedOut)
        }
        return LiveLineSink(try opened.get(), now: EventClock.system.wallClock)
    }

    private static func requireWritable(_ path: String) throws {
        let error =
            withDeadline(longestOpening) { () -> Int32 in
                let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0o640)
                guard file >= 0 else { return errno == ENXIO ? 0 : errno }
                close(file)
                return 0
            } ?? ETIMEDOUT
        guard error == 0 else {
            throw LineSink.Failure(opening: path, error: .init(rawValue: error))
        }
    }

    /// Those that are held already are held on to.
    private static func locks(_ configuration: Configuration, _ old: ServiceOutputs?) throws -> ([OwnerLock], [String])
    {
        let held = old?.locks ?? []
        var locks: [OwnerLock] = []
        var warnings: [String] = []
        func take(_ path: String, _ lock: @escaping @Sendable () throws(OwnerLock.Failure) -> OwnerLock) throws {
            if let known = held.first(where: { $0.stands(at: path) }) { return locks.append(known) }
            let taken = withDeadline(longestOpening) { () -> Result<OwnerLock, OwnerLock.Failure> in
                do throws(OwnerLock.Failure) { return .success(try lock()) } catch { return .failure(error) }
            }
            switch taken {
            case .success(let lock): locks.append(lock)
            case .failure(let failure) where failure.isTaken || old != nil: throw failure
            // What it is for cannot be written to either, and is tried again.
            case .failure(let failure): warnings.append("\(failure)")
            case nil: warnings.append("\(path): cannot be locked: it takes too long")
            }
        }
        let state = configuration.state
        try take(OwnerLock.lockPath(folder: state)) { () throws(OwnerLock.Failure) in try .folder(state) }
        // A device or a pipe may have many writers.
        if let log = configuration.events.log?.path, !isSpecial(log) {
            try take(OwnerLock.lockPath(file: log)) { () throws(OwnerLock.Failure) in try .file(log) }
        }
        return (locks, warnings)
    }

    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }
}

extension EventOutputs.EventSocket {
    fileprivate var settings: EventSocket.Settings {
        EventSocket.Settings(path: path, mode: mode, group: group, backlog: backlog, readerBuffer: readerBuffer)
    }
}
