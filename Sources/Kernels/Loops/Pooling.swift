import KernelInterface

/// Runs a pooling task.
@inline(never)
func pool(_ task: UnsafePointer<PoolTask>) {
    for block in 0..<task.pointee.blocks {
        for row in 0..<task.pointee.outputHeight {
            let output =
                task.pointee.output.base + block * task.pointee.output.blockStride
                + row * task.pointee.output.rowStride
            for column in 0..<task.pointee.outputWidth {
                (output + column * Vector.scalarCount).vector = pooled(task, block, row, column)
            }
        }
    }
}

/// Computes an output pixel.
@inline(__always)
private func pooled(_ pointer: UnsafePointer<PoolTask>, _ block: Int, _ row: Int, _ column: Int) -> Vector {
    let task = pointer.pointee
    let top = row * task.verticalStride - task.top
    let left = column * task.horizontalStride - task.left
    let firstRow = top < 0 ? 0 : top
    let firstColumn = left < 0 ? 0 : left
    let lastRow = top + task.kernelHeight < task.inputHeight ? top + task.kernelHeight : task.inputHeight
    let lastColumn = left + task.kernelWidth < task.inputWidth ? left + task.kernelWidth : task.inputWidth
    let plane = task.input.base + block * task.input.blockStride
    var sum = Vector(repeating: 0)
    // Sums of rows, then the sum of these, as in `mean`.
    var rowSum = Vector(repeating: 0)
    var largest = Vector(repeating: -.infinity)
    var y = firstRow
    while y < lastRow {
        var x = firstColumn
        while x < lastColumn {
            let value = (plane + y * task.input.rowStride + x * Vector.scalarCount).vector
            rowSum += value
            largest = largest.replacing(with: value, where: value .> largest)
            x += 1
        }
        sum += rowSum
        rowSum = Vector(repeating: 0)
        y += 1
    }
    return task.isMaximum ? largest : sum / Float((lastRow - firstRow) * (lastColumn - firstColumn))
}

/// Runs a global average pooling task.
///
/// Sums few pixels, then these sums: one running sum loses three digits over 40 000 equal values.
@inline(never)
func mean(_ task: UnsafePointer<MeanTask>) {
    let task = task.pointee
    let pixels = Float(task.height * task.width)
    for block in 0..<task.blocks {
        var total = Vector(repeating: 0)
        var partial = Vector(repeating: 0)
        var count = 0
        for row in 0..<task.height {
            let line = task.input.base + block * task.input.blockStride + row * task.input.rowStride
            for column in 0..<task.width {
                partial += (line + column * Vector.scalarCount).vector
                count += 1
                if count == 64 {
                    total += partial
                    partial = Vector(repeating: 0)
                    count = 0
                }
            }
        }
        total += partial
        (task.output + block * Vector.scalarCount).vector = total / pixels
    }
}
