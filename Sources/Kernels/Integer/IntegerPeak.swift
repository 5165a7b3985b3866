import KernelInterface

/// Runs multiply-adds on the sums of the tallest tile, without reading memory: the speed that no kernel exceeds.
///
/// - Parameters:
///   - steps: the number of groups that are added to each sum.
///   - memory: ``IntegerKernelTable/peakMemory`` bytes of zeros, which are read once. The second half is written.
/// - Returns: the number of multiply-adds of single elements.
@inline(never)
func integerPeak(_ steps: Int, _ memory: UnsafeMutableRawPointer) -> Int {
    typealias PeakTile = IntegerTallTile<IntegerPanel>
    let channels = UnsafePointer(memory.assumingMemoryBound(to: ChannelParameters.self))
    var tile = PeakTile(biases: channels)
    let operands = UnsafeRawPointer(memory)
    // As far as the compiler knows, all sums differ now: it would compute equal ones once.
    tile.add(broadcast: operands, rowStride: 4, times: operands)
    // Nothing is stored in the loop, so the operands stay in registers.
    for _ in 0..<steps { tile.add(broadcast: operands, rowStride: 0, times: operands) }
    let output = (memory + IntegerKernelTable.peakMemory / 2).assumingMemoryBound(to: UInt8.self)
    tile.store(
        Moderate.self, channels, Bounds(low: 0, high: 255), to: output, blockStride: 0,
        offsets: UnsafePointer(memory.assumingMemoryBound(to: Int32.self)), count: PeakTile.rows)
    return steps * PeakTile.rows * PeakTile.blocks * Block.channels * Group.count
}
