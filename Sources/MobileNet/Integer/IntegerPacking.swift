import Kernels

/// Weights of bytes in the order in which a kernel reads them.
struct IntegerPacking {
    /// Bytes of a weight.
    let weightBytes: Int
    /// Weights in a group.
    let group: Int

    init(_ kernels: IntegerKernelTable) {
        weightBytes = kernels.weightBytes
        group = kernels.group
    }

    /// Panels for a matrix product: `[panel][groups][panel width][group]`, full ones as long as they fit, then single
    /// blocks.
    ///
    /// - Parameters:
    ///   - channels: outputs, filled up to whole blocks.
    ///   - panel: blocks in a full panel.
    ///   - steps: the length of the reduction as the kernel makes it.
    ///   - weight: of an output and a step.
    func panels(channels: Int, panel: Int, steps: Int, weight: (_ output: Int, _ step: Int) -> Int16) -> [UInt8] {
        let blocks = (channels + 15) / 16
        return packed(count: blocks * 16 * steps) { write in
            var first = 0
            while first < blocks {
                let width = first + panel <= blocks ? panel : 1
                for start in stride(from: 0, to: steps, by: group) {
                    for channel in first * 16..<(first + width) * 16 {
                        for step in start..<start + group { write(channel < channels ? weight(channel, step) : 0) }
                    }
                }
                first += width
            }
        }
    }

    /// Weights for a depthwise convolution: `[blocks][steps][phases][16][group]`.
    ///
    /// - Parameter weight: of a channel, a step, an output of those that share the step, and a place in the group.
    func taps(
        channels: Int, steps: Int, phases: Int,
        weight: (_ channel: Int, _ step: Int, _ phase: Int, _ place: Int) -> Int16
    ) -> [UInt8] {
        let blocks = (channels + 15) / 16
        return packed(count: blocks * 16 * steps * phases * group) { write in
            for block in 0..<blocks {
                for step in 0..<steps {
                    for phase in 0..<phases {
                        for channel in block * 16..<(block + 1) * 16 {
                            for place in 0..<group {
                                write(channel < channels ? weight(channel, step, phase, place) : 0)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Numbers, each in as many bytes as a weight has, the lower ones first.
    private func packed(count: Int, _ fill: ((Int16) -> Void) -> Void) -> [UInt8] {
        let weightBytes = weightBytes
        return [UInt8](unsafeUninitializedCapacity: count * weightBytes) { buffer, size in
            var at = 0
            fill { weight in
                buffer[at] = UInt8(truncatingIfNeeded: weight)
                if weightBytes == 2 { buffer[at + 1] = UInt8(truncatingIfNeeded: weight >> 8) }
                at += weightBytes
            }
            size = at
        }
    }
}
