import KernelInterface

/// Runs a quantized depthwise convolution task, block by block.
@inline(never)
func integerDepthwise(_ task: UnsafePointer<IntegerDepthwiseTask>) {
    for block in 0..<task.pointee.blocks {
        for row in 0..<task.pointee.outputHeight {
            let row = DepthwiseLine(task, block: block, row: row)
            if task.pointee.phases == 1 {
                convolve(DepthwiseAlone.self, task, row)
            } else {
                convolve(DepthwiseShared.self, task, row)
            }
        }
    }
}

/// Addresses of an output row of a block.
private struct DepthwiseLine {
    let input: UnsafePointer<UInt8>
    let output: UnsafeMutablePointer<UInt8>
    let weights: UnsafeRawPointer
    let channels: Channels

    @inline(__always)
    init(_ task: UnsafePointer<IntegerDepthwiseTask>, block: Int, row: Int) {
        input =
            task.pointee.input.base + block * task.pointee.input.blockStride
            + row * task.pointee.verticalStride * task.pointee.input.rowStride
        output =
            task.pointee.output.base + block * task.pointee.output.blockStride
            + row * task.pointee.output.rowStride
        weights = task.pointee.weights + block * task.pointee.steps * task.pointee.phases * Block.sumBytes
        channels = task.pointee.channels + block
    }
}

@inline(__always)
private func convolve<R: DepthwiseReading>(
    _: R.Type, _ task: UnsafePointer<IntegerDepthwiseTask>, _ line: DepthwiseLine
) {
    var pixel = 0
    sweep(DepthwiseTallTile.self, R.self, task, line, &pixel, isLast: false)
    sweep(PixelGroup.self, R.self, task, line, &pixel, isLast: true)
}

/// Computes as many tiles of one width as fit in the rest of the row, and moves `pixel` behind them.
///
/// - Parameter isLast: whether a tile may be larger than the remaining outputs. It reads pixels behind the last one, but
///   does not store their results.
@inline(never)
private func sweep<T: DepthwiseTile, R: DepthwiseReading>(
    _: T.Type, _: R.Type, _ task: UnsafePointer<IntegerDepthwiseTask>, _ line: DepthwiseLine, _ pixel: inout Int,
    isLast: Bool
) {
    let stride = task.pointee.horizontalStride * Block.channels
    let width = task.pointee.outputWidth
    let bounds = Bounds(low: task.pointee.low, high: task.pointee.high)
    while pixel + (isLast ? 1 : T.outputs) <= width {
        var tile = T(biases: line.channels)
        var weights = line.weights
        for step in 0..<task.pointee.steps {
            let pixels = line.input + pixel * stride + Int(task.pointee.stepOffsets[step])
            tile.add(R.self, pixels: pixels, stride: stride, times: weights)
            weights += R.phases * Block.sumBytes
        }
        let output = line.output + pixel * Block.channels
        switch task.pointee.rounding {
        case .rectified: tile.store(row: output, Rectified.self, line.channels, bounds, count: width - pixel)
        case .moderate: tile.store(row: output, Moderate.self, line.channels, bounds, count: width - pixel)
        case .general: tile.store(row: output, TwiceRounded.self, line.channels, bounds, count: width - pixel)
        case .scaled: tile.store(row: output, Scaled.self, line.channels, bounds, count: width - pixel)
        case .hardSwish: tile.store(row: output, ScaledHardSwish.self, line.channels, bounds, count: width - pixel)
        }
        pixel += T.outputs
    }
}
