import KernelInterface

/// Runs multiply-adds on the accumulators of the tallest tile, without reading memory: the speed that no kernel exceeds.
///
/// - Parameters:
///   - steps: the number of multiply-adds of each accumulator.
///   - memory: as many floats as a tile has, which are read and written once.
/// - Returns: the number of multiply-adds of single elements.
@inline(never)
func peak(_ steps: Int, _ memory: UnsafeMutablePointer<Float>) -> Int {
    typealias PeakTile = TallTile<PanelRow>
    var tile = PeakTile(rowsFrom: memory)
    let operands = UnsafePointer(memory)
    // As far as the compiler knows, all accumulators differ now: it would compute equal ones once.
    tile.add(vector: operands, rowStride: Vector.scalarCount, times: operands + Vector.scalarCount)
    // Nothing is stored in the loop, so the operands stay in registers.
    for _ in 0..<steps { tile.add(vector: operands, rowStride: 0, times: operands) }
    tile.store(to: memory, rowStride: PeakTile.columns * Vector.scalarCount)
    return steps * PeakTile.rows * PeakTile.columns * Vector.scalarCount
}
