import KernelInterface

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
