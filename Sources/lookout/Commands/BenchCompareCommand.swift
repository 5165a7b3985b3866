import ArgumentParser
import Basics
import Events
import Glibc
import MobileNet

/// `lookout bench compare`: run times of several networks, measured in turn so that other load affects all alike.
struct BenchCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Run several models in turn, and print the median time of each.",
        discussion: """
            Each round runs every model once. A model is a name or a path (see `lookout model list`), or random: and an \
            architecture (random:mobilenet-v2), which gets random weights: as fast as trained ones. LOOKOUT_ISA selects \
            the instruction set.
            """)

    @Option(parsing: .unconditional, help: "Number of runs of each model.")
    var rounds = 200

    @Option(
        parsing: .unconditional,
        help: "Width and height of the input in pixels, for random: (default: usual for the architecture).")
    var resolution: Int?

    @Option(parsing: .unconditional, help: "Number of threads for one image.")
    var threads = 1

    @Flag(help: "Print a JSON object for each model.")
    var json = false

    @Argument(help: "Models.", completion: Completion.models)
    var models: [String]

    func validate() throws {
        guard rounds > 0, !models.isEmpty else {
            throw ValidationError("--rounds is a number above 0, and there is at least one model.")
        }
        guard (1...64).contains(threads) else { throw ValidationError("--threads is a number from 1 to 64.") }
    }

    func run() throws {
        let instructionSet = try Environment.instructionSet()
        let sessions = try models.map {
            Session(plan: try BenchmarkInput.plan($0, resolution: resolution), threads: threads)
        }
        for session in sessions { session.run() }
        // One array, allocated before: the measurement allocates nothing.
        var times = [Int](repeating: 0, count: sessions.count * rounds)
        for round in 0..<rounds {
            for index in 0..<sessions.count {
                let start = MonotonicClock.nanoseconds
                sessions[index].run()
                times[index * rounds + round] = MonotonicClock.nanoseconds - start
            }
        }
        for (index, model) in models.enumerated() {
            let sorted = Self.sorted(times[index * rounds..<(index + 1) * rounds])
            try print(model, instructionSet, median: sorted[rounds / 2], fastest: sorted[0])
        }
    }

    /// Sorts with the C library: in debug builds Swift's sort allocates for each comparison, and a test counts
    /// allocations.
    private static func sorted(_ times: ArraySlice<Int>) -> [Int] {
        var times = Array(times)
        times.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            qsort(base, bytes.count / MemoryLayout<Int>.stride, MemoryLayout<Int>.stride) { first, second in
                guard let first = first?.load(as: Int.self), let second = second?.load(as: Int.self) else { return 0 }
                return first < second ? -1 : first > second ? 1 : 0
            }
        }
        return times
    }

    private func print(_ model: String, _ instructionSet: InstructionSet, median: Int, fastest: Int) throws {
        guard !json else {
            var line = JSONLine()
            line.add("model", model)
            line.add("instruction_set", instructionSet.rawValue)
            line.add("median_ns", median)
            line.add("fastest_ns", fastest)
            return try Output.write(line)
        }
        try Output.write(
            "\(model): median \(Self.milliseconds(median)), fastest \(Self.milliseconds(fastest)), \(instructionSet.rawValue)"
        )
    }

    private static func milliseconds(_ nanoseconds: Int) -> String {
        let thousandths = (nanoseconds + 500) / 1000
        let rest = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest) ms"
    }
}
