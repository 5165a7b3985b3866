/// Puts what the windows of a convolution look at beside each other, so that the rest is a 1×1 convolution
/// ("im2col": Chellapilla et al., 2006). Works on whole vectors of channels.
struct Gather: GeneralTask {
    /// With the border that the window reads.
    let input: BlockedTensor
    /// From the first pixel to the first window's corner.
    let corner: Int
    let kernel: KernelGeometry
    let output: BlockedTensor

    func run() {
        for tap in 0..<kernel.count {
            let offset = tap / kernel.width * input.rowStride + tap % kernel.width * input.lanes - corner
            for block in 0..<input.blocks {
                for row in 0..<output.shape.height {
                    let source = input.vector(block: block, row: row * kernel.verticalStride, column: 0) + offset
                    let target = output.vector(block: tap * input.blocks + block, row: row, column: 0)
                    copyRow(from: source, to: target)
                    if block == input.blocks - 1 { clearUnused(target) }
                }
            }
        }
    }

    /// Writes zeros where the last block has no channels: what lies there may be no number, which no weight makes zero.
    private func clearUnused(_ line: UnsafeMutablePointer<Float>) {
        let unused = input.blocks * input.lanes - input.shape.channels
        guard unused > 0 else { return }
        for column in 0..<output.shape.width {
            (line + (column + 1) * input.lanes - unused).update(repeating: 0, count: unused)
        }
    }

    private func copyRow(from source: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Float>) {
        let lanes = input.lanes
        if kernel.horizontalStride == 1 { return target.update(from: source, count: output.shape.width * lanes) }
        for column in 0..<output.shape.width {
            (target + column * lanes).update(from: source + column * kernel.horizontalStride * lanes, count: lanes)
        }
    }
}

/// Puts the windows that a transposed convolution has computed beside each other.
struct PixelShuffle: GeneralTask {
    /// Channel `output · taps + tap`.
    let input: BlockedTensor
    let kernel: KernelGeometry
    let output: BlockedTensor

    func run() {
        for channel in 0..<output.shape.channels {
            for row in 0..<output.shape.height {
                for column in 0..<output.shape.width {
                    let tap = row % kernel.height * kernel.width + column % kernel.width
                    output[channel, row, column] =
                        input[channel * kernel.count + tap, row / kernel.height, column / kernel.width]
                }
            }
        }
    }
}

/// Each pixel becomes a square of pixels.
struct Upsample: GeneralTask {
    let input: BlockedTensor
    let factor: Int
    let output: BlockedTensor

    func run() {
        for block in 0..<output.blocks {
            for row in 0..<output.shape.height {
                for column in 0..<output.shape.width {
                    output.vector(block: block, row: row, column: column).update(
                        from: input.vector(block: block, row: row / factor, column: column / factor),
                        count: output.lanes)
                }
            }
        }
    }
}

/// The channels of several tensors after each other, or their rows below each other.
struct Concatenation: GeneralTask {
    let inputs: [BlockedTensor]
    /// Whether rows come below each other, and not channels after each other.
    let isStack: Bool
    let output: BlockedTensor

    func run() {
        var first = 0
        for index in 0..<inputs.count {
            let input = inputs[index]
            for channel in 0..<input.shape.channels {
                for row in 0..<input.shape.height {
                    for column in 0..<input.shape.width {
                        output[isStack ? channel : first + channel, isStack ? first + row : row, column] =
                            input[channel, row, column]
                    }
                }
            }
            first += isStack ? input.shape.height : input.shape.channels
        }
    }
}

/// The same numbers in another shape, in the order of pixels.
struct Reshape: GeneralTask {
    let input: BlockedTensor
    let output: BlockedTensor

    func run() {
        for index in 0..<output.shape.count { output[index] = input[index] }
    }
}

/// A tensor pixel by pixel, without anything between its numbers: what a caller can read.
struct Unblock: GeneralTask {
    let input: BlockedTensor
    let output: UnsafeMutablePointer<Float>

    func run() {
        for index in 0..<input.shape.count { output[index] = input[index] }
    }
}
