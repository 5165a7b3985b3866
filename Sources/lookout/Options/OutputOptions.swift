import ArgumentParser
import Logging

/// Where results go, and how much is said and done at the same time.
struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How many frames to work on at the same time (default: one a core).")
    var jobs: Int?

    @Option(
        help: "Where the events go: a file, or - for standard output. `analyze` replaces the file; `watch` adds to it.",
        completion: .file())
    var events = "-"

    @Option(help: "Where the highest scores of every frame go: a file, as for --events, or -.", completion: .file())
    var samples: String?

    @Flag(name: .shortAndLong, help: "Say what is being done, on standard error.")
    var verbose = false

    var log: Logger { .standard(verbose: verbose) }

    /// How many frames are worked on at the same time.
    var workers: Int { jobs ?? Environment.coreCount }

    func check() throws {
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 256.") }
        if events == samples { throw ValidationError("--events and --samples cannot both go to \(events).") }
    }

    /// Opens what results go to. What is there already stays until ``OutputFiles/empty()``.
    ///
    /// - Parameter inputs: files that are read, and must not be replaced.
    func open(inputs: [String]) throws -> OutputFiles {
        try OutputFiles(events: events, samples: samples, inputs: inputs)
    }
}
