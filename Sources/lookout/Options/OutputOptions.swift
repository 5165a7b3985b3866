import ArgumentParser
import Logging

/// Options of results, log and workers.
struct OutputOptions: ParsableArguments {
    @OptionGroup var workerOptions: WorkerOptions

    @Option(
        help: """
            File for the event records, or - for standard output. `analyze` replaces the file; `watch` appends to it.
            """,
        completion: .file())
    var events = "-"

    @Option(
        help: "File for the highest scores of every sample, or - for standard output; written as --events.",
        completion: .file())
    var samples: String?

    @Flag(name: .shortAndLong, help: "Log what is being done on standard error.")
    var verbose = false

    var log: Logger { .standard(verbose: verbose) }

    /// Number of inference workers.
    var workers: Int { workerOptions.count }

    /// Checks the options, and warns of old spellings.
    ///
    /// - Throws: `ValidationError`.
    func check() throws {
        try workerOptions.check()
        if events == samples { throw ValidationError("--events and --samples cannot both go to \(events).") }
    }

    /// Opens the files. Their contents stay until ``OutputFiles/empty()``.
    ///
    /// - Parameter inputs: files that are read, and must not be replaced.
    func open(inputs: [String]) throws -> OutputFiles {
        try OutputFiles(events: events, samples: samples, inputs: inputs)
    }
}

/// Number of inference workers.
struct WorkerOptions: ParsableArguments {
    @Option(
        name: [.long, .customShort("j")], parsing: .unconditional,
        help: "Number of inference workers, from 1 to 256 (default: one for each core).")
    var workers: Int?

    /// Old spelling of ``workers``.
    @Option(parsing: .unconditional, help: .hidden)
    var jobs: Int?

    var count: Int { workers ?? jobs ?? Environment.coreCount }

    /// Checks the number, and warns of the old spelling.
    ///
    /// - Throws: `ValidationError`.
    func check() throws {
        if jobs != nil { Terminal.warnOfRenaming("--jobs", to: "--workers") }
        guard (1...256).contains(count) else { throw ValidationError("--workers is a number from 1 to 256.") }
    }
}
