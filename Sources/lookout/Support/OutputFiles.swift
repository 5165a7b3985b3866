import Events
import Glibc

/// Where events and samples go, on the command line.
struct OutputFiles {
    let events: LineSink
    let samples: LineSink?

    /// Opens them. What they hold stays until ``empty()``.
    ///
    /// - Parameters:
    ///   - events: a path, or `-` for standard output.
    ///   - samples: the same, if samples are wanted.
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

    /// Removes what the files held.
    func empty() {
        events.empty()
        samples?.empty()
    }

    /// Makes them ready to be added to.
    func endTornLines() {
        events.endTornLine()
        samples?.endTornLine()
    }

    private static func sink(_ path: String) throws -> LineSink {
        path == "-" ? .terminalOrStandardOutput() : try .file(path)
    }
}

extension LineSink {
    /// Standard output; if it is the terminal on which progress is shown, the two keep out of each other's way.
    static func terminalOrStandardOutput() -> LineSink {
        guard Terminal.isInteractive, isatty(STDOUT_FILENO) == 1 else { return .standardOutput() }
        return .standardOutput { write in Terminal.withoutStatus(write) }
    }
}
