import KernelInterface

/// Runs a mean task.
@inline(never)
func mean(_ task: UnsafePointer<MeanTask>) {
    let task = task.pointee
    let pixels = Float(task.height * task.width)
    for block in 0..<task.blocks {
        var total = Vector(repeating: 0)
        // Sums of few pixels, then the sum of these: one long sum loses three digits over 40 000 equal values.
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
