import CIntrinsics
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
    let reduction = reductionLength(task.pointee)
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
    let isHalf = halvesBlocks && task.pointee.lastBlockIsHalf
    let whole = isHalf ? task.pointee.outputBlocks - 1 : task.pointee.outputBlocks
    var block = 0
    while block + PanelRow.columns <= whole {
        convolvePanel(
            PanelRow.self, Distance.self, task, reduction: reduction, block: block, row: row, first: first, end: end)
        block += PanelRow.columns
    }
    // The last panel is narrower.
    switch (whole - block, isHalf) {
    case (1, true):
        convolvePanel(
            Beside<Vector, HalfVector>.self, Distance.self, task, reduction: reduction, block: block, row: row,
            first: first, end: end)
    case (0, true):
        convolvePanel(
            HalfVector.self, Distance.self, task, reduction: reduction, block: block, row: row, first: first, end: end)
    case (1, false):
        convolvePanel(
            Vector.self, Distance.self, task, reduction: reduction, block: block, row: row, first: first, end: end)
    default: break
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
    sweep(TallTile<Row>.self, Distance.self, task, weights, block, row: row, pixel: &pixel, end: end)
    sweep(HalfTile<Row>.self, Distance.self, task, weights, block, row: row, pixel: &pixel, end: end)
    sweep(Rows4<Row>.self, Distance.self, task, weights, block, row: row, pixel: &pixel, end: end)
    sweep(Rows2<Row>.self, Distance.self, task, weights, block, row: row, pixel: &pixel, end: end)
    sweep(Row.self, Distance.self, task, weights, block, row: row, pixel: &pixel, end: end)
}

/// Computes as many tiles of one height as fit in `pixel..<end`, and moves `pixel` behind them.
@inline(never)
private func sweep<T: Tile, Distance: PixelDistance>(
    _: T.Type, _: Distance.Type, _ task: UnsafePointer<ConvolutionTask>,
    _ weights: UnsafePointer<Float>, _ block: Int, row: Int, pixel: inout Int, end: Int
) {
    let distance = Distance.between(task)
    let task = task.pointee
    let bias = task.bias + block * Vector.scalarCount
    // The panel after this one, in memory.
    let next = task.weights + (block + T.columns) * Vector.scalarCount * reductionLength(task)
    while pixel + T.rows <= end {
        let input = task.input + row * task.inputRowStride + pixel * distance
        let first = row * task.rowPixels + pixel
        var tile = T(rowsFrom: bias)
        reduce(&tile, input, rowStride: distance, weights, next: next, task)
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

/// Number of values of the input that a sum has.
@inline(__always)
private func reductionLength(_ task: ConvolutionTask) -> Int {
    (task.segments - 1) * task.segmentLength + task.lastSegmentLength
}

/// Innermost loop: the reduction of one tile.
///
/// Meanwhile it fetches the next panel of weights from the third-level cache, or from memory: a network has read the weights of
/// all other layers since it last read these.
@inline(__always)
private func reduce<T: Tile>(
    _ tile: inout T, _ input: UnsafePointer<Float>, rowStride: Int,
    _ weights: UnsafePointer<Float>, next: UnsafePointer<Float>, _ task: ConvolutionTask
) {
    var segment = input
    var b = weights
    var ahead = next
    for index in 0..<task.segments {
        let length = index == task.segments - 1 ? task.lastSegmentLength : task.segmentLength
        for k in 0..<length {
            tile.add(broadcast: segment + k, rowStride: rowStride, times: b)
            b += T.width
            for line in 0..<T.columns { cintrinsics_prefetch(ahead + line * Vector.scalarCount) }
            ahead += T.width
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
        var row = Row(rowsFrom: weights + k * Row.width)
        row.multiply(by: gate[k])
        row.store(to: scratch + k * Row.width, rowStride: 0)
    }
}
