import KernelInterface

/// Runs a mean task.
@inline(never)
func mean(_ task: UnsafePointer<MeanTask>) {
    let task = task.pointee
    let pixels = Float(task.height * task.width)
    for block in 0..<task.blocks {
        var total = Vector(repeating: 0)
        for row in 0..<task.height {
            let line = task.input.base + block * task.input.blockStride + row * task.input.rowStride
            for column in 0..<task.width {
                total += (line + column * Vector.scalarCount).vector
            }
        }
        (task.output + block * Vector.scalarCount).vector = total / pixels
    }
}
