import KernelInterface

/// Runs a depthwise convolution task, block by block.
///
/// The kernels of the family are 3 or 5 pixels wide, with stride 1 or 2. With constants for both, the compiler keeps a row of
/// the kernel in registers, loads each pixel once for all sums that it belongs to, and makes displacements of addresses.
@inline(never)
func depthwise(_ task: UnsafePointer<DepthwiseTask>) {
    switch (task.pointee.kernelWidth, task.pointee.horizontalStride) {
    case (3, 1): convolve(Taps3.self, task, pixelStride: Vector.scalarCount)
    case (3, 2): convolve(Taps3.self, task, pixelStride: 2 * Vector.scalarCount)
    case (5, 1): convolve(Taps5.self, task, pixelStride: Vector.scalarCount)
    case (5, 2): convolve(Taps5.self, task, pixelStride: 2 * Vector.scalarCount)
    case (_, let stride): convolve(Vector.self, task, pixelStride: stride * Vector.scalarCount)
    }
}

private typealias Taps3 = Beside<Beside<Vector, Vector>, Vector>
private typealias Taps5 = Beside<Taps3, Beside<Vector, Vector>>

/// Computes all blocks.
///
/// - Parameter taps: the weights that are multiplied at a time; a row of the kernel is a multiple of it.
@inline(__always)
private func convolve<Taps: Tile>(_ taps: Taps.Type, _ task: UnsafePointer<DepthwiseTask>, pixelStride: Int) {
    for block in 0..<task.pointee.blocks {
        if let means = task.pointee.means {
            convolveBlock(Taps.self, task, block: block, pixelStride, means: means)
        } else {
            var total = Vector(repeating: 0)
            for row in 0..<task.pointee.outputHeight {
                convolveRow(Taps.self, Forgotten.self, task, block, row, pixelStride, total: &total)
            }
        }
    }
}

/// Computes a block, and the means of its channels.
@inline(__always)
private func convolveBlock<Taps: Tile>(
    _: Taps.Type, _ task: UnsafePointer<DepthwiseTask>, block: Int, _ pixelStride: Int,
    means: UnsafeMutablePointer<Float>
) {
    var total = Vector(repeating: 0)
    // Sums of some rows, then the sum of these, as in `mean`.
    var partial = Vector(repeating: 0)
    var count = 0
    for row in 0..<task.pointee.outputHeight {
        convolveRow(Taps.self, Summed.self, task, block, row, pixelStride, total: &partial)
        count += task.pointee.outputWidth
        if count >= 512 {
            total += partial
            partial = Vector(repeating: 0)
            count = 0
        }
    }
    total += partial
    let pixels = Float(task.pointee.outputHeight * task.pointee.outputWidth)
    (means + block * Vector.scalarCount).vector = total / pixels
}

/// Use of the sum over the pixels of a tile.
private protocol Total {
    static func add<T: Tile>(_ tile: T, to total: inout Vector)
}

/// It is needed for means.
private enum Summed: Total {
    @inline(__always)
    static func add<T: Tile>(_ tile: T, to total: inout Vector) { total += tile.rowTotal }
}

/// Nobody needs it.
private enum Forgotten: Total {
    @inline(__always)
    static func add<T: Tile>(_ tile: T, to total: inout Vector) {}
}

/// Computes an output row of a block.
@inline(never)
private func convolveRow<Taps: Tile, Sum: Total>(
    _: Taps.Type, _: Sum.Type, _ task: UnsafePointer<DepthwiseTask>, _ block: Int, _ row: Int, _ pixelStride: Int,
    total: inout Vector
) {
    var pixel = 0
    sweep(TapTile<Vector>.self, Taps.self, Sum.self, task, block, row, pixelStride, &pixel, &total)
    sweep(HalfTapTile<Vector>.self, Taps.self, Sum.self, task, block, row, pixelStride, &pixel, &total)
    sweep(Rows2<Vector>.self, Taps.self, Sum.self, task, block, row, pixelStride, &pixel, &total)
    sweep(Vector.self, Taps.self, Sum.self, task, block, row, pixelStride, &pixel, &total)
}

/// Computes as many tiles of one width as fit in the rest of the row, and moves `pixel` behind them.
@inline(__always)
private func sweep<T: Tile, Taps: Tile, Sum: Total>(
    _: T.Type, _: Taps.Type, _: Sum.Type, _ task: UnsafePointer<DepthwiseTask>, _ block: Int, _ row: Int,
    _ pixelStride: Int, _ pixel: inout Int, _ total: inout Vector
) {
    let input =
        task.pointee.input.base + block * task.pointee.input.blockStride
        + row * task.pointee.verticalStride * task.pointee.input.rowStride
    let output =
        task.pointee.output.base + block * task.pointee.output.blockStride + row * task.pointee.output.rowStride
    let rowStride = task.pointee.input.rowStride
    let kernelHeight = task.pointee.kernelHeight
    let steps = task.pointee.kernelWidth / Taps.columns
    let kernel = task.pointee.weights + block * kernelHeight * task.pointee.kernelWidth * Vector.scalarCount
    while pixel + T.rows <= task.pointee.outputWidth {
        var weights = kernel
        var tile = T(rowsFrom: task.pointee.bias + block * Vector.scalarCount)
        for y in 0..<kernelHeight {
            var pixels = input + pixel * pixelStride + y * rowStride
            for _ in 0..<steps {
                tile.add(pixels: pixels, rowStride: pixelStride, times: Taps(rowsFrom: weights))
                pixels += Taps.columns * Vector.scalarCount
                weights += Taps.columns * Vector.scalarCount
            }
        }
        tile.apply(task.pointee.activation)
        Sum.add(tile, to: &total)
        tile.store(to: output + pixel * Vector.scalarCount, rowStride: Vector.scalarCount)
        pixel += T.rows
    }
}
