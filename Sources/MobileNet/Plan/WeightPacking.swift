/// Packs weights in the order in which the kernels read them.
enum WeightPacking {
    /// Packs panels for a matrix product: `[panel][reduction][panel width]`.
    ///
    /// Every full panel is `panel` vectors wide. The remaining outputs form one narrower panel, padded with zeros.
    ///
    /// - Parameter isHalf: whether the last vector is a half.
    /// - Parameter order: for each step of the kernel's reduction, its index in a row of `weight`; `nil` for padding.
    static func panels(
        _ weights: FoldedWeights, panel: Int, lanes: Int, isHalf: Bool, order: [Int?],
        into memory: UnsafeMutablePointer<Float>
    ) {
        let outputs = weights.outputs
        let blocks = (outputs + lanes - 1) / lanes
        var at = memory
        weights.weight.withUnsafeBufferPointer { weight in
            for first in stride(from: 0, to: blocks, by: panel) {
                let isLast = first + panel >= blocks
                let columns = min(panel, blocks - first) * lanes - (isLast && isHalf ? lanes / 2 : 0)
                for k in order {
                    for column in 0..<columns {
                        let output = first * lanes + column
                        at[column] = if let k, output < outputs { weight[output * weights.reduction + k] } else { 0 }
                    }
                    at += columns
                }
            }
        }
    }

    /// Returns the number of floats that ``panels(_:panel:lanes:isHalf:order:into:)`` writes.
    static func panelsSize(_ weights: FoldedWeights, lanes: Int, order: [Int?]) -> Int {
        (weights.outputs + lanes - 1) / lanes * lanes * order.count
    }

    /// Packs blocks for a depthwise convolution: `[block][tap][lanes]`.
    static func taps(_ weights: FoldedWeights, lanes: Int, into memory: UnsafeMutablePointer<Float>) {
        let taps = weights.reduction
        for channel in 0..<weights.outputs {
            let block = memory + channel / lanes * taps * lanes + channel % lanes
            for tap in 0..<taps { block[tap * lanes] = weights.weight[channel * taps + tap] }
        }
    }

    /// Returns the order of a reduction over an interleaved image: the kernel reads row, column, channel; the weights are
    /// stored as channel, row, column.
    static func interleavedOrder(channels: Int, taps: Int) -> [Int] {
        (0..<taps * channels).map { k in
            let channel = k % channels
            return channel * taps + k / channels
        }
    }

    /// Returns the order of a reduction over im2col rows: the kernel reads tap, block of channels, channel; the weights
    /// are stored as channel, tap. Blocks are padded.
    static func gatheredOrder(channels: Int, taps: Int, lanes: Int) -> [Int?] {
        let filled = (channels + lanes - 1) / lanes * lanes
        return (0..<taps * filled).map { k in
            let channel = k % filled
            return channel < channels ? channel * taps + k / filled : nil
        }
    }
}
