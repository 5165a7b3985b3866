import Glibc

/// Rare layer, or layer that only moves values: a scalar loop, the same for every instruction set.
///
/// ``run()`` allocates no memory, except for sorting in ``Detections``. A session runs its tasks one after the other.
protocol GeneralTask {
    func run()
}

/// Channel-blocked tensor in a workspace. See ``Buffer``.
struct BlockedTensor {
    let shape: Shape
    let lanes: Int
    let blocks: Int
    let rowStride: Int
    let blockStride: Int
    /// First pixel, behind the border.
    let base: UnsafeMutablePointer<Float>

    init(_ buffer: Buffer, in workspace: UnsafeMutablePointer<Float>) {
        shape = buffer.shape
        lanes = buffer.lanes
        blocks = buffer.blocks
        rowStride = buffer.rowStride
        blockStride = buffer.blockStride
        base = workspace + buffer.origin
    }

    /// Returns the address of the channels of a block at a pixel.
    func vector(block: Int, row: Int, column: Int) -> UnsafeMutablePointer<Float> {
        base + block * blockStride + row * rowStride + column * lanes
    }

    /// Element at a channel, row and column.
    subscript(channel: Int, row: Int, column: Int) -> Float {
        get { vector(block: channel / lanes, row: row, column: column)[channel % lanes] }
        nonmutating set { vector(block: channel / lanes, row: row, column: column)[channel % lanes] = newValue }
    }

    /// Element `index` in pixel order: all channels of a pixel, then the next pixel.
    subscript(index: Int) -> Float {
        get {
            let pixel = index / shape.channels
            return self[index % shape.channels, pixel / shape.width, pixel % shape.width]
        }
        nonmutating set {
            let pixel = index / shape.channels
            self[index % shape.channels, pixel / shape.width, pixel % shape.width] = newValue
        }
    }
}

/// Copies the inputs of each output pixel of a convolution to a contiguous row, so that a 1×1 convolution computes the
/// rest ("im2col": Chellapilla et al., 2006). Copies whole vectors of channels.
struct Gather: GeneralTask {
    /// Input with its border.
    let input: BlockedTensor
    /// Distance from the first input of output pixel (0, 0), in the border, to the first pixel; in floats.
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

    /// Writes zeros to the unused channels of the last block: they may hold NaN, which a weight of zero does not cancel.
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

/// Arranges the products of a transposed convolution to the output pixels ("depth to space").
struct PixelShuffle: GeneralTask {
    /// Products, with channels in the order `output · taps + tap`.
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

/// Nearest-neighbour upsampling.
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

/// Concatenation of tensors along the channels or the rows.
struct Concatenation: GeneralTask {
    let inputs: [BlockedTensor]
    let axis: ConcatenationAxis
    let output: BlockedTensor

    func run() {
        var first = 0
        let isRows = axis == .height
        for index in 0..<inputs.count {
            let input = inputs[index]
            for channel in 0..<input.shape.channels {
                for row in 0..<input.shape.height {
                    for column in 0..<input.shape.width {
                        output[isRows ? channel : first + channel, isRows ? first + row : row, column] =
                            input[channel, row, column]
                    }
                }
            }
            first += isRows ? input.shape.height : input.shape.channels
        }
    }
}

/// Reshape in pixel order.
struct Reshape: GeneralTask {
    let input: BlockedTensor
    let output: BlockedTensor

    func run() {
        for index in 0..<output.shape.count { output[index] = input[index] }
    }
}

/// Copies a channel-blocked tensor to contiguous memory in pixel order, for the caller.
struct Unblock: GeneralTask {
    let input: BlockedTensor
    let output: UnsafeMutablePointer<Float>

    func run() {
        for index in 0..<input.shape.count { output[index] = input[index] }
    }
}

/// `exp(x) / Σ exp(x)` over the channels of each pixel. The maximum is subtracted first, so that `exp` does not overflow.
struct Softmax: GeneralTask {
    let input: BlockedTensor
    let output: BlockedTensor

    func run() {
        for row in 0..<input.shape.height {
            for column in 0..<input.shape.width { normalize(row, column) }
        }
    }

    private func normalize(_ row: Int, _ column: Int) {
        var largest = -Float.infinity
        for channel in 0..<input.shape.channels { largest = max(largest, input[channel, row, column]) }
        var sum: Float = 0
        for channel in 0..<input.shape.channels {
            let power = expf(input[channel, row, column] - largest)
            output[channel, row, column] = power
            sum += power
        }
        for channel in 0..<input.shape.channels { output[channel, row, column] /= sum }
    }
}
