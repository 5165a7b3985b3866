import Basics
import Events
import MobileNet

/// Output of `lookout bench layers`.
struct LayerReport {
    let calls: [CallProfile]
    /// Multiply-adds per nanosecond that one core can do.
    let peak: Double
    let instructionSet: InstructionSet

    private var total: Int { calls.reduce(0) { $0 + $1.nanoseconds } }

    /// Nanoseconds that a call takes above the time of its multiply-adds at the peak.
    private func lost(_ call: CallProfile) -> Double {
        Double(call.nanoseconds) - Double(call.multiplyAdds) / peak
    }

    /// Share of the peak that a call reaches, in per cent.
    private func share(_ call: CallProfile) -> Double {
        100 * Double(call.multiplyAdds) / peak / Double(max(call.nanoseconds, 1))
    }

    func printText(inOrder: Bool) throws {
        let sorted = inOrder ? calls : calls.sorted { lost($0) > lost($1) }
        let rows = sorted.map { call in
            [
                decimals(lost(call) / 1000, 1), decimals(Double(call.nanoseconds) / 1000, 1),
                call.multiplyAdds == 0 ? "" : decimals(Double(call.multiplyAdds) / 1e6, 2),
                decimals(Double(call.bytes) / 1e6, 2), call.multiplyAdds == 0 ? "" : "\(decimals(share(call), 0)) %",
                call.kernel, "\(call.input)", "\(call.output)", call.layer,
            ]
        }
        let header = ["lost µs", "µs", "M madds", "MB", "peak", "kernel", "input", "output", "layer"]
        try Output.write(lines: Output.table([header] + rows))
        let multiplyAdds = calls.reduce(0) { $0 + $1.multiplyAdds }
        let ideal = Double(multiplyAdds) / peak
        try Output.write(
            "\(calls.count) calls, \(decimals(Double(total) / 1e6, 3)) ms, \(decimals(Double(multiplyAdds) / 1e6, 1)) million "
                + "multiply-adds; \(instructionSet.rawValue), one core: peak \(decimals(2 * peak, 1)) billion operations a "
                + "second, \(decimals(ideal / 1e6, 3)) ms at the peak (\(decimals(100 * ideal / Double(total), 0)) %)")
    }

    func printJSON() throws {
        for call in calls {
            var line = JSONLine()
            line.add("layer", call.layer)
            line.add("kernel", call.kernel)
            line.add("input", call.input.description)
            line.add("output", call.output.description)
            line.add("ns", call.nanoseconds)
            line.add("multiply_adds", call.multiplyAdds)
            line.add("bytes", call.bytes)
            line.add("peak_share", share(call) / 100, decimals: 4)
            line.add("lost_ns", Int(lost(call)))
            line.add("instruction_set", instructionSet.rawValue)
            line.add("peak_multiply_adds_per_ns", peak, decimals: 3)
            try Output.write(line)
        }
    }
}
