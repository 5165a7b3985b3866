import KernelInterface

/// Returns the kernels of this instruction set for quantized models.
public func integerKernelTable() -> IntegerKernelTable {
    IntegerKernelTable(
        lanes: Sums.scalarCount, panel: IntegerPanel.blocks, depthwisePhases: DepthwiseShared.phases,
        group: Group.count, weightBytes: Group.widens ? 2 : 1, tileRows: IntegerTallTile<IntegerPanel>.rows,
        convolution: integerConvolution, depthwise: integerDepthwise, elementwise: integerElementwise,
        lookup: lookup, sum: integerSum, peak: integerPeak)
}

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

/// Runs a task that sums the planes of channels.
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
