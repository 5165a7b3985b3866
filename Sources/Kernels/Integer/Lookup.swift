import KernelInterface

/// Runs a lookup task.
@inline(never)
func lookup(_ task: UnsafePointer<LookupTask>) {
    let task = task.pointee
    for block in 0..<task.blocks {
        for row in 0..<task.height {
            let input = task.input.base + block * task.input.blockStride + row * task.input.rowStride
            let output = task.output.base + block * task.output.blockStride + row * task.output.rowStride
            lookUp(input, output, count: 16 * task.width, task.table)
        }
    }
}
