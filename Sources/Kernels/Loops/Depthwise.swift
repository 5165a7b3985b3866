import KernelInterface

/// Runs a depthwise convolution task, one block of channels after the other.
@inline(never)
func depthwise(_ task: UnsafePointer<DepthwiseTask>) {
    let pixels = Float(task.pointee.outputHeight * task.pointee.outputWidth)
    for block in 0..<task.pointee.blocks {
        var total = Vector(repeating: 0)
        // Sums of some rows, then the sum of these, as in `mean`.
        var partial = Vector(repeating: 0)
        var count = 0
        for row in 0..<task.pointee.outputHeight {
            // A stride that is known when this is compiled makes addresses cheaper.
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

/// One output row of one block.
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

/// As many tiles of one width as fit into the rest of the row.
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
            var kernel = corner + y * task.input.rowStride
            for _ in 0..<task.kernelWidth {
                tile.add(vector: kernel, rowStride: pixelStride, times: weights)
                kernel += Vector.scalarCount
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
