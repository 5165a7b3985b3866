import Basics
import KernelInterface
import Kernels

/// Runs a benchmark of the CPU: multiply-adds on registers, without reading memory.
public struct PeakBenchmark {
    /// Whether to multiply bytes, as quantized models do.
    public let isInteger: Bool
    private let instructionSet: InstructionSet

    public init(_ plan: Plan) {
        instructionSet = plan.instructionSet
        isInteger = if case .integer = plan.engine { true } else { false }
    }

    private static var memory: Int {
        max(KernelTable.peakMemory * MemoryLayout<Float>.size, IntegerKernelTable.peakMemory)
    }

    /// Measures for about a tenth of a second on one core.
    ///
    /// - Returns: the highest number of multiply-adds per nanosecond.
    public func multiplyAddsPerNanosecond() -> Double {
        let memory = AlignedMemory<UInt8>(zeroed: Self.memory)
        var best = 0.0
        for _ in 0..<20 {
            let start = MonotonicClock.nanoseconds
            let count = run(steps: 200_000, UnsafeMutableRawPointer(memory.base))
            best = max(best, Double(count) / Double(max(MonotonicClock.nanoseconds - start, 1)))
        }
        return best
    }

    private func run(steps: Int, _ memory: UnsafeMutableRawPointer) -> Int {
        guard !isInteger else { return IntegerKernelTable.kernels(for: instructionSet).peak(steps, memory) }
        return KernelTable.kernels(for: instructionSet).peak(steps, memory.assumingMemoryBound(to: Float.self))
    }
}
