/// Kernel calls that compute a fused layer, or prepare it.
///
/// The sequences are independent: they may run at the same time, in any order. The calls of a sequence run one after the
/// other.
struct Step<KernelCall> {
    var sequences: [[KernelCall]]

    init(_ call: KernelCall) { sequences = [[call]] }

    init(sequences: [[KernelCall]]) { self.sequences = sequences }

    /// Returns the step with a sequence for each part of its call, if it is a single call. See ``Call/parts(_:for:_:)``.
    func divided(_ parts: (KernelCall) -> [KernelCall]) -> Step {
        guard sequences.count == 1, sequences[0].count == 1 else { return self }
        return Step(sequences: parts(sequences[0][0]).map { [$0] })
    }
}

/// All kernel calls of a run, for each of the threads that run them.
///
/// The calls of the threads differ in their scratch memory only.
struct Program<KernelCall> {
    /// Calls of each thread.
    private let calls: [[KernelCall]]
    /// Calls of each sequence, as ranges.
    private let parts: [Range<Int>]
    /// Number of sequences of each step.
    private let stepParts: [Int]

    /// - Parameter threads: the steps of each thread.
    init(_ threads: [[Step<KernelCall>]]) {
        calls = threads.map { $0.flatMap { $0.sequences.flatMap { $0 } } }
        let sequences = threads[0].flatMap(\.sequences)
        var parts: [Range<Int>] = []
        for sequence in sequences {
            let start = parts.last?.upperBound ?? 0
            parts.append(start..<start + sequence.count)
        }
        self.parts = parts
        stepParts = threads[0].map(\.sequences.count)
    }

    /// Runs all calls on the calling thread. Allocates no memory.
    func run(_ body: (KernelCall) -> Void) {
        // By index: without optimization, an array's iterator allocates memory.
        for index in 0..<calls[0].count { body(calls[0][index]) }
    }

    /// Creates the threads that run the calls.
    func team(_ threads: Int, _ body: @escaping @Sendable (KernelCall) -> Void) -> ThreadTeam {
        let program = UncheckedProgram(calls: calls, parts: parts)
        return ThreadTeam(threads: threads, parts: stepParts) { thread, part in
            let range = program.parts[part]
            for index in range.lowerBound..<range.upperBound { body(program.calls[thread][index]) }
        }
    }

    /// Index of the step of each call.
    var stepOfCall: [Int] {
        var steps: [Int] = []
        var part = 0
        for (step, count) in stepParts.enumerated() {
            for range in parts[part..<part + count] { steps += repeatElement(step, count: range.count) }
            part += count
        }
        return steps
    }

    /// Calls of the first thread.
    var firstCalls: [KernelCall] { calls[0] }
}

/// Calls hold pointers to memory of their session. The steps of a ``ThreadTeam`` synchronize access to it.
private struct UncheckedProgram<KernelCall>: @unchecked Sendable {
    let calls: [[KernelCall]]
    let parts: [Range<Int>]
}
