import ArgumentParser
import Basics
import Events
import Glibc
import MobileNet

/// `lookout bench layers`: time of each kernel call of a network.
struct BenchLayersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers",
        abstract: "Measure each layer of a model, and compare it with the speed of the CPU.",
        discussion: """
            Runs a model on one core, and measures each call of a kernel. Prints the calls that lose the most time first: \
            lost is the time above that of its multiply-adds at the peak of this core, which is measured on registers in the \
            same run. A call that only moves values loses all of its time. MB are the inputs, outputs and weights of a call. \
            A model is a name or a path (see `lookout model list`), or random: and an architecture (random:mobilenet-v2). \
            LOOKOUT_ISA selects the instruction set.
            """)

    @Option(parsing: .unconditional, help: "Number of runs.")
    var rounds = 100

    @Option(
        parsing: .unconditional,
        help: "Width and height of the input in pixels, for random: (default: usual for the architecture).")
    var resolution: Int?

    @Flag(help: "Print the calls in the order in which they run.")
    var inOrder = false

    @Flag(help: "Print a JSON object for each call, in the order in which they run.")
    var json = false

    @Argument(help: "Model.", completion: Completion.models)
    var model: String

    func validate() throws {
        guard (1...100_000).contains(rounds) else { throw ValidationError("--rounds is a number from 1 to 100000.") }
    }

    func run() throws {
        let plan = try BenchmarkInput.plan(model, resolution: resolution)
        let session = Session(plan: plan)
        let peak = PeakBenchmark(plan)
        // Before and after: the speed of a shared machine changes.
        let before = peak.multiplyAddsPerNanosecond()
        let calls = session.profile(runs: rounds)
        let report = LayerReport(
            calls: calls, peak: max(before, peak.multiplyAddsPerNanosecond()), instructionSet: plan.instructionSet)
        try json ? report.printJSON() : report.printText(inOrder: inOrder)
    }
}
