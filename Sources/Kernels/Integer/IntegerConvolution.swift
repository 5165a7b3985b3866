import KernelInterface

/// Bytes of input for one pass over the weights: half of a second-level cache of 1 MiB.
private let chunkSize = 512 * 1024

/// Runs a quantized convolution task.
///
/// Loop order, as in the float convolution: chunks of pixels that stay in the second-level cache; within a chunk, each
/// panel of weights is applied to all pixels before the next panel.
@inline(never)
func integerConvolution(_ task: UnsafePointer<IntegerConvolutionTask>) {
    let tile = IntegerTallTile<IntegerPanel>.rows
    let pixelBytes = Group.widens ? task.pointee.widenedPixelBytes : task.pointee.segments * Block.channels
    let room = Group.widens ? task.pointee.scratchBytes : chunkSize
    var chunk = max(room / pixelBytes / tile, 1) * tile
    // The scratch memory also has to hold the terms of the weights' zero point.
    if task.pointee.ones != nil { chunk = min(chunk, (task.pointee.scratchBytes / 4 - 4) / tile * tile) }
    for row in 0..<task.pointee.rows {
        var first = 0
        while first < task.pointee.rowPixels {
            let end = min(first + chunk, task.pointee.rowPixels)
            convolve(task, row: row, first: first, end: end)
            first = end
        }
    }
}

/// Input of the tiles of a chunk.
private struct ChunkInput {
    /// Receptive field of the first pixel of the chunk.
    var base: UnsafeRawPointer
    /// Distance between the receptive fields of neighbouring pixels, in bytes.
    var pixelStride: Int
    /// Distance between segments in widened input, in bytes.
    var segmentStride: Int
    /// Addend of all sums of each pixel.
    var terms: UnsafePointer<Int32>?
}

/// Applies all panels to the pixels `first..<end` of a row.
@inline(__always)
private func convolve(_ task: UnsafePointer<IntegerConvolutionTask>, row: Int, first: Int, end: Int) {
    let pixelStride = task.pointee.inputPixelStride
    let start = task.pointee.input + row * task.pointee.inputRowStride + first * pixelStride
    var input = ChunkInput(base: UnsafeRawPointer(start), pixelStride: pixelStride, segmentStride: 0, terms: nil)
    if Group.widens {
        let length = task.pointee.segmentGroups * 4
        widen(task, start, pixels: end - first)
        input = ChunkInput(
            base: UnsafeRawPointer(task.pointee.scratch), pixelStride: length,
            segmentStride: (end - first) * length, terms: nil)
    } else if let ones = task.pointee.ones {
        input.terms = Group.weightZeroPointTerms(task, start, ones, pixels: end - first)
    }
    if input.pixelStride == Neighbours.distance {
        convolve(Neighbours.self, task, input, pixel: row * task.pointee.rowPixels + first, count: end - first)
    } else {
        convolve(Distant.self, task, input, pixel: row * task.pointee.rowPixels + first, count: end - first)
    }
}

/// Distance between the receptive fields of neighbouring pixels.
private protocol PixelDistance {
    static func between(_ input: ChunkInput) -> Int
}

/// Distance of neighbouring pixels in a block: a constant, so that addresses in a tile become displacements.
private enum Neighbours: PixelDistance {
    @inline(__always) static var distance: Int { Group.widens ? 32 : 16 }
    @inline(__always)
    static func between(_ input: ChunkInput) -> Int { distance }
}

/// Any distance.
private enum Distant: PixelDistance {
    @inline(__always)
    static func between(_ input: ChunkInput) -> Int { input.pixelStride }
}

@inline(__always)
private func convolve<Distance: PixelDistance>(
    _: Distance.Type, _ task: UnsafePointer<IntegerConvolutionTask>, _ input: ChunkInput, pixel: Int, count: Int
) {
    var block = 0
    while block + IntegerPanel.blocks <= task.pointee.outputBlocks {
        convolvePanel(IntegerPanel.self, Distance.self, task, input, block: block, pixel: pixel, count: count)
        block += IntegerPanel.blocks
    }
    while block < task.pointee.outputBlocks {
        convolvePanel(PixelGroup.self, Distance.self, task, input, block: block, pixel: pixel, count: count)
        block += 1
    }
}

/// Applies a panel of weights to a chunk of pixels: tall tiles as long as they fit, then groups.
@inline(__always)
private func convolvePanel<Row: IntegerTile, Distance: PixelDistance>(
    _: Row.Type, _: Distance.Type, _ task: UnsafePointer<IntegerConvolutionTask>, _ input: ChunkInput,
    block: Int, pixel: Int, count: Int
) {
    var at = 0
    sweep(IntegerTallTile<Row>.self, Distance.self, task, input, block, pixel, &at, count, isLast: false)
    sweep(IntegerRows2<Row>.self, Distance.self, task, input, block, pixel, &at, count, isLast: false)
    sweep(Row.self, Distance.self, task, input, block, pixel, &at, count, isLast: true)
}

/// Computes as many tiles of one height as fit in `at..<count`, and moves `at` behind them.
///
/// - Parameter isLast: whether a tile may be larger than the remaining pixels. It reads pixels behind the last one, but
///   does not store their results.
@inline(never)
private func sweep<T: IntegerTile, Distance: PixelDistance>(
    _: T.Type, _: Distance.Type, _ task: UnsafePointer<IntegerConvolutionTask>, _ input: ChunkInput, _ block: Int,
    _ pixel: Int, _ at: inout Int, _ count: Int, isLast: Bool
) {
    let distance = Distance.between(input)
    let weights = task.pointee.weights + block * task.pointee.groups * Block.sumBytes
    let channels = task.pointee.channels + block
    let plane = task.pointee.output + block * task.pointee.outputBlockStride
    let blockStride = task.pointee.outputBlockStride
    let bounds = Bounds(low: task.pointee.low, high: task.pointee.high)
    while at + (isLast ? 1 : T.rows) <= count {
        var tile = T(biases: channels)
        reduce(&tile, input.base + at * distance, rowStride: distance, weights, task, input.segmentStride)
        if let terms = input.terms { tile.add(terms: terms + at) }
        let offsets = task.pointee.outputOffsets + pixel + at
        let left = count - at
        switch task.pointee.rounding {
        case .rectified:
            tile.store(
                Rectified.self, channels, bounds, to: plane, blockStride: blockStride, offsets: offsets, count: left)
        case .moderate:
            tile.store(
                Moderate.self, channels, bounds, to: plane, blockStride: blockStride, offsets: offsets, count: left)
        case .general:
            tile.store(
                TwiceRounded.self, channels, bounds, to: plane, blockStride: blockStride, offsets: offsets, count: left)
        case .scaled:
            tile.store(
                Scaled.self, channels, bounds, to: plane, blockStride: blockStride, offsets: offsets, count: left)
        case .hardSwish:
            tile.store(
                ScaledHardSwish.self, channels, bounds, to: plane, blockStride: blockStride, offsets: offsets,
                count: left)
        }
        at += T.rows
    }
}

/// Innermost loop: the reduction of one tile.
@inline(__always)
private func reduce<T: IntegerTile>(
    _ tile: inout T, _ input: UnsafeRawPointer, rowStride: Int,
    _ weights: UnsafeRawPointer, _ task: UnsafePointer<IntegerConvolutionTask>, _ segmentStride: Int
) {
    var b = weights
    for index in 0..<task.pointee.segments {
        let groups = index < task.pointee.fullSegments ? task.pointee.segmentGroups : task.pointee.lastSegmentGroups
        var a = input + (Group.widens ? index * segmentStride : Int(task.pointee.segmentOffsets[index]))
        for _ in 0..<groups {
            tile.add(broadcast: a, rowStride: rowStride, times: b)
            a += 4
            b += T.blocks * Block.sumBytes
        }
    }
}

extension GroupSize {
    /// Whether the loops widen inputs and weights to 16 bits.
    @inline(__always) static var widens: Bool { count == 2 }
}

extension IntegerConvolutionTask {
    /// Number of groups of the reduction.
    @inline(__always)
    var groups: Int { fullSegments * segmentGroups + (segments - fullSegments) * lastSegmentGroups }

    /// Bytes of the widened receptive field of a pixel.
    @inline(__always)
    var widenedPixelBytes: Int { segments * segmentGroups * 4 }
}
