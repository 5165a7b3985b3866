import ArgumentParser
import Basics
import Glibc
import MobileNet

/// `lookout bench`: commands for benchmarks.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Benchmark the engine and the event sinks.",
        subcommands: [
            BenchLayersCommand.self, BenchCompareCommand.self, BenchWorkerCommand.self, BenchParityCommand.self,
            BenchEventsCommand.self,
            BenchTrackCommand.self, BenchDrawCommand.self, BenchFindCommand.self,
        ])
}

/// `lookout bench worker`: engine process of a benchmark that drives several engines in turn.
struct BenchWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run one network for a benchmark that compares engines.",
        discussion: """
            Prints `READY logits`, its name and its instruction set when the network is loaded. Then it reads commands from \
            standard input: `run N` runs N inferences and prints the nanoseconds of each; `logits PATH` writes the logits \
            as float32 and prints OK; `quit` ends it.
            """)

    @Option(help: "Checkpoint with the weights, or a model, whose own network is run.")
    var weights: String

    @Argument(help: "Architecture, as mobilenet_v3_large.")
    var network: String

    @Argument(help: "Number of threads for one image.")
    var threads: Int

    @Argument(help: "Input: raw float32, [3, 224, 224], normalised.")
    var input: String

    func validate() throws {
        guard (1...64).contains(threads) else { throw ValidationError("The number of threads is from 1 to 64.") }
    }

    func run() throws {
        let session = try session()
        for _ in 0..<3 { session.run() }
        try Output.write("READY logits lookout \(try Environment.instructionSet().rawValue)")
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1)
            switch words.first {
            case "run": try run(session, count: words.dropFirst().first.flatMap { Int($0) } ?? 0)
            case "logits": try writeLogits(of: session, to: words.dropFirst().first.map(String.init) ?? "")
            case "quit": return
            default: Terminal.complain("\"\(line)\" is not a command of the benchmark")
            }
        }
    }

    private func session() throws -> Session {
        if let model = try? Model.read(weights) {
            return try BenchmarkInput.session(
                of: model.plan(for: Environment.instructionSet()), threads: threads, input: input)
        }
        let name = network.split(separator: "_").joined(separator: "-")
        guard let architecture = Architecture(rawValue: name) else {
            throw Failure(status: EX_USAGE, Architecture.unknown(network))
        }
        let imported = try BenchmarkInput.checkpoint(weights, as: architecture)
        let plan = try Plan(
            graph: imported.architecture.graph(resolution: 224, classes: imported.classes), weights: imported.weights,
            normalization: imported.normalization, instructionSet: Environment.instructionSet())
        return try BenchmarkInput.session(of: plan, threads: threads, input: input)
    }

    private func run(_ session: Session, count: Int) throws {
        var times = [Int](repeating: 0, count: max(0, count))
        for index in times.indices {
            let start = MonotonicClock.nanoseconds
            session.run()
            times[index] = MonotonicClock.nanoseconds - start
        }
        var line = ""
        line.reserveCapacity(16 * times.count)
        for index in times.indices {
            if index > 0 { line += " " }
            line += String(times[index])
        }
        try Output.write(line)
    }

    private func writeLogits(of session: Session, to path: String) throws {
        let logits = withExtendedLifetime(session) { Array(UnsafeRawBufferPointer(session.run())) }
        try Files.write(path, [logits])
        try Output.write("OK")
    }
}
