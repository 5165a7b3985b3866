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

/// Runs multiply-adds on the sums of the tallest tile, with the same few values from the first-level cache: the speed that no
/// kernel exceeds.
///
/// - Parameters:
///   - steps: the number of groups that are added to each sum.
///   - memory: ``IntegerKernelTable/peakMemory`` bytes of zeros, which are read. The second half is written.
/// - Returns: the number of multiply-adds of single elements.
@inline(never)
func integerPeak(_ steps: Int, _ memory: UnsafeMutableRawPointer) -> Int {
    typealias PeakTile = IntegerTallTile<IntegerPanel>
    let channels = UnsafePointer(memory.assumingMemoryBound(to: ChannelParameters.self))
    var tile = PeakTile(biases: channels)
    let operands = UnsafeRawPointer(memory)
    // As far as the compiler knows, the values of all rows and of the next steps differ: it would multiply equal ones once.
    for step in 0..<steps { tile.add(broadcast: operands + 4 * (step & 3), rowStride: 4, times: operands) }
    let output = (memory + IntegerKernelTable.peakMemory / 2).assumingMemoryBound(to: UInt8.self)
    tile.store(
        Moderate.self, channels, Bounds(low: 0, high: 255), to: output, blockStride: 0,
        offsets: UnsafePointer(memory.assumingMemoryBound(to: Int32.self)), count: PeakTile.rows)
    return steps * PeakTile.rows * PeakTile.blocks * Block.channels * Group.count
}
