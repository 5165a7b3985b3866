import ArgumentParser
import Basics
import Events
import Glibc
import MobileNet

/// `lookout bench parity`: logits on every instruction set, which Scripts/parity.py compares with PyTorch's.
struct BenchParityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Write a network's logits on every instruction set, for comparison with another engine.",
        discussion: """
            Prints a JSON object: the recognised architecture, its parameters and multiply-adds, and for each instruction \
            set of this machine the file with the logits as float32.
            """,
        shouldDisplay: false)

    @Option(help: "Origin of the weights (default: recognised by the checkpoint).")
    var origin: CheckpointOrigin?

    @Option(parsing: .unconditional, help: "Width and height of the input in pixels.")
    var resolution: Int

    @Option(help: "Path for the logits, to which a dot and the name of the instruction set are appended.")
    var output: String

    @Argument(help: "Checkpoint.")
    var checkpoint: String

    @Argument(help: "Input: raw float32, [3, resolution, resolution], normalised.")
    var input: String

    func run() throws {
        let imported = try BenchmarkInput.checkpoint(checkpoint, from: origin)
        let graph = try imported.architecture.graph(resolution: resolution, classes: imported.classes)
        var logits = JSONLine()
        for instructionSet in InstructionSet.allCases where instructionSet.isSupported {
            let plan = try Plan(
                graph: graph, weights: imported.weights, normalization: imported.normalization,
                instructionSet: instructionSet)
            let path = "\(output).\(instructionSet.rawValue)"
            try Files.write(path, [try run(plan)])
            logits.add(instructionSet.rawValue, path)
        }
        try Output.write(line(imported, graph, logits))
    }

    /// Returns the logits as bytes.
    private func run(_ plan: Plan) throws -> [UInt8] {
        let session = try BenchmarkInput.session(of: plan, input: input)
        return withExtendedLifetime(session) { Array(UnsafeRawBufferPointer(session.run())) }
    }

    private func line(_ imported: CheckpointImport.Result, _ graph: Graph, _ logits: JSONLine) -> JSONLine {
        var line = JSONLine()
        line.add("architecture", imported.architecture.rawValue)
        line.add("origin", imported.origin.rawValue)
        line.add("scaling", imported.architecture.scaling.rawValue)
        line.add("classes", imported.classes)
        line.add("parameters", graph.learnedParameterCount)
        line.add("multiply_adds", graph.multiplyAdds)
        line.add("logits", [logits])
        return line
    }
}
