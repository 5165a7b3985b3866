@testable import MobileNet

/// What a network computes, while every byte of memory that is not its own is watched.
struct WatchedRun {
    /// What came out, bit by bit.
    private(set) var bits: [UInt32] = []

    var numbers: [Float] { bits.map(Float.init(bitPattern:)) }

    /// Runs a network twice, in memory that held other things before: what comes out may not depend on them.
    ///
    /// - Parameter isApart: whether every buffer has pages of its own.
    /// - Throws: ``GraphError`` and ``WeightsError`` for what cannot be planned, ``Finding`` for what is wrong.
    init(
        _ graph: Graph, _ weights: Weights, _ instructionSet: InstructionSet, input: [Float], isApart: Bool
    ) throws {
        let plan = try Plan(
            graph: graph, weights: weights, normalization: .symmetric, instructionSet: instructionSet,
            memory: isApart ? GuardedMemory.apart : GuardedMemory.compact)
        let session = Session(plan: plan)
        let canary: UInt8 = 0xA5
        let gaps = isApart ? GuardedMemory.guardGaps(of: session.workspace, around: plan.ranges, fill: canary) : []
        for fill in [0xFF, 0x4B, 0] as [UInt8] {
            let (memory, ranges) = (session.workspace, plan.ranges)
            for stretch in ranges {
                UnsafeMutableRawBufferPointer(rebasing: memory[stretch]).initializeMemory(
                    as: UInt8.self, repeating: fill)
            }
            input.withUnsafeBufferPointer(session.load(tensor:))
            let result = session.run().map(\.bitPattern)
            guard bits.isEmpty || result == bits else {
                throw Finding("\(instructionSet): what comes out depends on what was in memory before")
            }
            bits = result
            guard gaps.allSatisfy({ $0.allSatisfy { $0 == canary } }) else {
                throw Finding("\(instructionSet): something was written between buffers")
            }
        }
    }
}

/// Something that is wrong with the engine.
struct Finding: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension Plan {
    /// The parts of the workspace that buffers use, in bytes.
    fileprivate var ranges: [Range<Int>] {
        switch engine {
        case .float(let plan): plan.ranges.map { 4 * $0.lowerBound..<4 * $0.upperBound }
        case .integer(let plan): plan.ranges
        }
    }
}

extension Session {
    /// The bytes of the workspace.
    fileprivate var workspace: UnsafeMutableRawBufferPointer {
        switch engine {
        case .float(let session): .init(start: session.workspace.base, count: 4 * session.workspace.count)
        case .integer(let session): .init(start: session.workspace.base, count: session.workspace.count)
        }
    }
}
