import KernelInterface

/// Runs a depthwise convolution task, block by block.
@inline(never)
func depthwise(_ task: UnsafePointer<DepthwiseTask>) {
    let pixels = Float(task.pointee.outputHeight * task.pointee.outputWidth)
    for block in 0..<task.pointee.blocks {
        var total = Vector(repeating: 0)
        // Sums of some rows, then the sum of these, as in `mean`.
        var partial = Vector(repeating: 0)
        var count = 0
        for row in 0..<task.pointee.outputHeight {
            // With a constant stride, addresses become displacements.
            switch task.pointee.horizontalStride {
            case 1: convolveRow(task, block: block, row: row, pixelStride: Vector.scalarCount, total: &partial)
            case 2: convolveRow(task, block: block, row: row, pixelStride: 2 * Vector.scalarCount, total: &partial)
            case let stride:
                convolveRow(task, block: block, row: row, pixelStride: stride * Vector.scalarCount, total: &partial)
            }
            count += task.pointee.outputWidth
            if count >= 512 {
                total += partial
                partial = Vector(repeating: 0)
                count = 0
            }
        }
        total += partial
        if let means = task.pointee.means {
            (means + block * Vector.scalarCount).vector = total / pixels
        }
    }
}

/// Computes an output row of a block.
@inline(__always)
private func convolveRow(
    _ task: UnsafePointer<DepthwiseTask>, block: Int, row: Int, pixelStride: Int, total: inout Vector
) {
    var pixel = 0
    sweep(TallTile<Vector>.self, task, block, row, pixelStride, &pixel, &total)
    sweep(HalfTile<Vector>.self, task, block, row, pixelStride, &pixel, &total)
    sweep(Rows4<Vector>.self, task, block, row, pixelStride, &pixel, &total)
    sweep(Rows2<Vector>.self, task, block, row, pixelStride, &pixel, &total)
    sweep(Vector.self, task, block, row, pixelStride, &pixel, &total)
}

/// Computes as many tiles of one width as fit in the rest of the row, and moves `pixel` behind them.
@inline(__always)
private func sweep<T: Tile>(
    _: T.Type, _ pointer: UnsafePointer<DepthwiseTask>, _ block: Int, _ row: Int, _ pixelStride: Int,
    _ pixel: inout Int, _ total: inout Vector
) {
    let task = pointer.pointee
    let taps = task.kernelHeight * task.kernelWidth
    while pixel + T.rows <= task.outputWidth {
        let corner =
            task.input.base + block * task.input.blockStride
            + row * task.verticalStride * task.input.rowStride + pixel * pixelStride
        var weights = task.weights + block * taps * Vector.scalarCount
        var tile = T(rowsFrom: task.bias + block * Vector.scalarCount)
        for y in 0..<task.kernelHeight {
            var pixels = corner + y * task.input.rowStride
            for _ in 0..<task.kernelWidth {
                tile.add(vector: pixels, rowStride: pixelStride, times: weights)
                pixels += Vector.scalarCount
                weights += Vector.scalarCount
            }
        }
        tile.apply(task.activation)
        total += tile.rowTotal
        tile.store(
            to: task.output.base + block * task.output.blockStride + row * task.output.rowStride
                + pixel * Vector.scalarCount,
            rowStride: Vector.scalarCount)
        pixel += T.rows
    }
}
