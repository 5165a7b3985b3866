import KernelInterface

/// Runs a task that sums planes.
@inline(never)
func integerSum(_ task: UnsafePointer<IntegerSumTask>) {
    let task = task.pointee
    for block in 0..<task.blocks {
        for part in 0..<Block.vectors {
            let at = part * Sums.scalarCount
            var sums = Sums(repeating: 0)
            for row in 0..<task.height {
                let line = task.input.base + block * task.input.blockStride + row * task.input.rowStride + at
                for pixel in 0..<task.width { sums &+= Sums(bytes: line + pixel * 16) }
            }
            UnsafeMutableRawPointer(task.output + block * 16 + at).storeBytes(of: sums, as: Sums.self)
        }
    }
}
