import KernelInterface

/// Runs a quantised depthwise convolution task, one vector of channels after the other.
@inline(never)
func integerDepthwise(_ task: UnsafePointer<IntegerDepthwiseTask>) {
    for vector in 0..<task.pointee.blocks * Channels.vectors {
        let channels = DepthwiseChannels(task, vector: vector)
        for row in 0..<task.pointee.outputHeight {
            if task.pointee.phases == 2 {
                convolveRow(DepthwisePair.self, task, channels, row: row)
            } else {
                convolveRow(Sums.self, task, channels, row: row)
            }
        }
    }
}

/// What belongs to a vector of channels.
private struct DepthwiseChannels {
    let input: UnsafePointer<UInt8>
    let output: UnsafeMutablePointer<UInt8>
    let weights: UnsafeRawPointer
    let parameters: Channels

    @inline(__always)
    init(_ task: UnsafePointer<IntegerDepthwiseTask>, vector: Int) {
        let block = vector / Channels.vectors
        let part = vector % Channels.vectors
        input = task.pointee.input.base + block * task.pointee.input.blockStride + part * Sums.scalarCount
        output = task.pointee.output.base + block * task.pointee.output.blockStride + part * Sums.scalarCount
        weights = task.pointee.weights
            + vector * task.pointee.steps * task.pointee.phases * MemoryLayout<Sums>.size
        parameters = Channels(block: task.pointee.channels + block, vector: part)
    }
}

/// One output row of one vector of channels.
@inline(__always)
private func convolveRow<Part: DepthwiseTile>(
    _: Part.Type, _ task: UnsafePointer<IntegerDepthwiseTask>, _ channels: DepthwiseChannels, row: Int
) {
    var pixel = 0
    sweep(DepthwiseTallTile<Part>.self, task, channels, row, &pixel)
    sweep(Depthwise2<Part>.self, task, channels, row, &pixel)
    sweep(Part.self, task, channels, row, &pixel)
    // An odd width leaves one output that has no neighbour.
    if Part.outputs > 1 { sweep(Sums.self, task, channels, row, &pixel) }
}

/// As many tiles of one width as fit into the rest of the row.
@inline(never)
private func sweep<T: DepthwiseTile>(
    _: T.Type, _ task: UnsafePointer<IntegerDepthwiseTask>, _ channels: DepthwiseChannels, _ row: Int,
    _ pixel: inout Int
) {
    let stride = task.pointee.horizontalStride * Channels.count
    let line = channels.input + row * task.pointee.verticalStride * task.pointee.input.rowStride
    let output = channels.output + row * task.pointee.output.rowStride
    let weightStride = task.pointee.phases * MemoryLayout<Sums>.size
    let bounds = Bounds(low: task.pointee.low, high: task.pointee.high)
    while pixel + T.outputs <= task.pointee.outputWidth {
        var tile = T(biases: channels.parameters)
        var weights = channels.weights
        for step in 0..<task.pointee.steps {
            let window = line + pixel * stride + Int(task.pointee.stepOffsets[step])
            tile.add(pixels: window, stride: stride, times: weights)
            weights += weightStride
        }
        let place = output + pixel * Channels.count
        if task.pointee.isRectified {
            tile.store(row: place, Rectified.self, channels.parameters, bounds)
        } else {
            tile.store(row: place, TwiceRounded.self, channels.parameters, bounds)
        }
        pixel += T.outputs
    }
}
