import KernelInterface

/// Floats of input for one pass over the weights: half of a second-level cache of 1 MiB.
private let chunkSize = 128 * 1024

/// Runs a convolution task.
///
/// Loop order: chunks of pixels that stay in the second-level cache; within a chunk, each panel of weights, which stays in
/// the first-level cache, is applied to all pixels before the next panel.
@inline(never)
func convolution(_ task: UnsafePointer<ConvolutionTask>) {
    // With a constant distance between pixels, addresses in a tile become displacements.
    if task.pointee.inputPixelStride == Vector.scalarCount {
        convolve(Neighbours.self, task)
    } else {
        convolve(Distant.self, task)
    }
}

/// Distance between the receptive fields of neighbouring pixels.
private protocol PixelDistance {
    static func between(_ task: UnsafePointer<ConvolutionTask>) -> Int
}

/// Distance of neighbouring pixels in a channel-blocked tensor.
private enum Neighbours: PixelDistance {
    @inline(__always)
    static func between(_ task: UnsafePointer<ConvolutionTask>) -> Int { Vector.scalarCount }
}

/// Any distance.
private enum Distant: PixelDistance {
    @inline(__always)
    static func between(_ task: UnsafePointer<ConvolutionTask>) -> Int { task.pointee.inputPixelStride }
}

@inline(__always)
private func convolve<Distance: PixelDistance>(_: Distance.Type, _ task: UnsafePointer<ConvolutionTask>) {
    let reduction = (task.pointee.segments - 1) * task.pointee.segmentLength + task.pointee.lastSegmentLength
    let tile = TallTile<PanelRow>.rows
    let chunk = max(chunkSize / reduction / tile, 1) * tile
    for row in 0..<task.pointee.rows {
        var first = 0
        while first < task.pointee.rowPixels {
            let end = min(first + chunk, task.pointee.rowPixels)
            convolve(Distance.self, task, reduction: reduction, row: row, first: first, end: end)
            first = end
        }
    }
}

/// Applies all panels to the pixels `first..<end` of a row.
@inline(__always)
private func convolve<Distance: PixelDistance>(
    _: Distance.Type, _ task: UnsafePointer<ConvolutionTask>, reduction: Int, row: Int, first: Int, end: Int
) {
    var block = 0
    while block + PanelRow.columns <= task.pointee.outputBlocks {
        convolvePanel(
            PanelRow.self, Distance.self, task, reduction: reduction, block: block, row: row, first: first, end: end)
        block += PanelRow.columns
    }
    while block < task.pointee.outputBlocks {
        convolvePanel(
            Vector.self, Distance.self, task, reduction: reduction, block: block, row: row, first: first, end: end)
        block += 1
    }
}

/// Applies a panel of weights to the pixels `first..<end` of a row: tall tiles as long as they fit, then shorter ones.
@inline(__always)
private func convolvePanel<Row: Tile, Distance: PixelDistance>(
    _: Row.Type, _: Distance.Type, _ task: UnsafePointer<ConvolutionTask>,
    reduction: Int, block: Int, row: Int, first: Int, end: Int
) {
    var weights = task.pointee.weights + block * Vector.scalarCount * reduction
    if let gate = task.pointee.gate, let scratch = task.pointee.scratch {
        scale(Row.self, weights, by: gate, reduction: reduction, into: scratch)
        weights = UnsafePointer(scratch)
    }
    var pixel = first
    sweep(TallTile<Row>.self, Distance.self, task, weights, block: block, row: row, pixel: &pixel, end: end)
    sweep(HalfTile<Row>.self, Distance.self, task, weights, block: block, row: row, pixel: &pixel, end: end)
    sweep(Rows4<Row>.self, Distance.self, task, weights, block: block, row: row, pixel: &pixel, end: end)
    sweep(Rows2<Row>.self, Distance.self, task, weights, block: block, row: row, pixel: &pixel, end: end)
    sweep(Row.self, Distance.self, task, weights, block: block, row: row, pixel: &pixel, end: end)
}

/// Computes as many tiles of one height as fit in `pixel..<end`, and moves `pixel` behind them.
@inline(never)
private func sweep<T: Tile, Distance: PixelDistance>(
    _: T.Type, _: Distance.Type, _ task: UnsafePointer<ConvolutionTask>, _ weights: UnsafePointer<Float>,
    block: Int, row: Int, pixel: inout Int, end: Int
) {
    let distance = Distance.between(task)
    let task = task.pointee
    let bias = task.bias + block * Vector.scalarCount
    while pixel + T.rows <= end {
        let input = task.input + row * task.inputRowStride + pixel * distance
        let first = row * task.rowPixels + pixel
        var tile = T(rowsFrom: bias)
        reduce(&tile, input, rowStride: distance, weights, task)
        if let residual = task.residual, let offsets = task.residualOffsets {
            tile.add(
                plane: residual + block * task.residualBlockStride,
                blockStride: task.residualBlockStride, offsets: offsets + first)
        }
        tile.apply(task.activation)
        tile.store(
            to: task.output + block * task.outputBlockStride,
            blockStride: task.outputBlockStride, offsets: task.outputOffsets + first)
        pixel += T.rows
    }
}

/// Innermost loop: the reduction of one tile.
@inline(__always)
private func reduce<T: Tile>(
    _ tile: inout T, _ input: UnsafePointer<Float>, rowStride: Int,
    _ weights: UnsafePointer<Float>, _ task: ConvolutionTask
) {
    var segment = input
    var b = weights
    for index in 0..<task.segments {
        let length = index == task.segments - 1 ? task.lastSegmentLength : task.segmentLength
        for k in 0..<length {
            tile.add(broadcast: segment + k, rowStride: rowStride, times: b)
            b += T.columns * Vector.scalarCount
        }
        segment += task.segmentStride
    }
}

/// Multiplies a panel of weights by the gate of its input channels.
@inline(__always)
private func scale<Row: Tile>(
    _: Row.Type, _ weights: UnsafePointer<Float>, by gate: UnsafePointer<Float>,
    reduction: Int, into scratch: UnsafeMutablePointer<Float>
) {
    for k in 0..<reduction {
        let factor = Vector(repeating: gate[k])
        for column in 0..<Row.columns {
            let at = (k * Row.columns + column) * Vector.scalarCount
            (scratch + at).vector = (weights + at).vector * factor
        }
    }
}
