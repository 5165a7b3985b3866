import Events
import Glibc

/// Output files of event records and samples.
struct OutputFiles {
    let events: LineSink
    let samples: LineSink?

    /// Opens the files. Their contents stay until ``empty()``.
    ///
    /// - Parameters:
    ///   - events: a path, or `-` for standard output.
    ///   - samples: the same; `nil` for no samples.
    ///   - inputs: files that are read, and must not be replaced.
    /// - Throws: ``Failure``, ``LineSink/Failure``.
    init(events: String, samples: String?, inputs: [String]) throws {
        let inputs = Set(inputs.compactMap(FileIdentity.init(path:)))
        for path in [events, samples].compactMap({ $0 }) where path != "-" {
            guard let file = FileIdentity(path: path), inputs.contains(file) else { continue }
            throw Failure(status: EX_USAGE, "\(path): cannot be read and written to at the same time")
        }
        self.events = try Self.sink(events)
        self.samples = try samples.map(Self.sink)
        if let file = self.events.identity, file == self.samples?.identity {
            throw Failure(status: EX_USAGE, "\(events): events and samples cannot both go there")
        }
    }

    /// Removes the contents of the files.
    func empty() {
        events.empty()
        samples?.empty()
    }

    /// Prepares the files for appending: a torn last line is ended.
    func endTornLines() {
        events.endTornLine()
        samples?.endTornLine()
    }

    private static func sink(_ path: String) throws -> LineSink {
        path == "-" ? .terminalOrStandardOutput() : try .file(path)
    }
}

extension LineSink {
    /// Makes a sink for standard output. On the terminal that shows progress, the status lines are removed while it
    /// writes.
    static func terminalOrStandardOutput() -> LineSink {
        guard Terminal.isInteractive, isatty(STDOUT_FILENO) == 1 else { return .standardOutput() }
        return .standardOutput { write in Terminal.withoutStatus(write) }
    }
}
