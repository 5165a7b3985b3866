import KernelInterface

/// Returns the kernels of this instruction set for float models.
public func kernelTable() -> KernelTable {
    KernelTable(
        lanes: Vector.scalarCount, convolutionPanel: PanelRow.columns, convolutionTile: TallTile<PanelRow>.rows,
        halvesBlocks: halvesBlocks, densePanel: DenseRow.columns,
        convolution: convolution, depthwise: depthwise, dense: dense,
        mean: mean, pool: pool, elementwise: elementwise, image: image, peak: peak)
}

/// Runs an image task.
@inline(never)
func image(_ task: UnsafePointer<ImageTask>) {
    let task = task.pointee
    let first = task.reversesColours ? 2 : 0
    let last = 2 - first
    for row in 0..<task.height {
        let pixels = task.pixels + row * task.bytesPerRow
        let output = task.output + row * task.outputRowStride
        for column in 0..<task.width {
            let at = 3 * column
            output[at] = Float(pixels[at + first]) * task.scale.0 + task.offset.0
            output[at + 1] = Float(pixels[at + 1]) * task.scale.1 + task.offset.1
            output[at + 2] = Float(pixels[at + last]) * task.scale.2 + task.offset.2
        }
    }
}

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
