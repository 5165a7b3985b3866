/// Constants of a float plan: packed weights, biases and tables of offsets.
///
/// They are written while the plan is made and only read afterwards, so all sessions share them.
struct Constants {
    let floats: AlignedMemory<Float>
    let offsets: AlignedMemory<Int32>
}

/// Collects constants, then writes them to contiguous memory.
struct ConstantsBuilder {
    /// Index into ``Constants/floats`` or ``Constants/offsets``.
    typealias Position = Int

    private var floatWriters: [(at: Int, write: (UnsafeMutablePointer<Float>) -> Void)] = []
    private var floatCount = 0
    private var offsetTables: [Table: Position] = [:]
    private var offsetCount = 0

    /// Key of a table with the offset of each pixel of a plane.
    private struct Table: Hashable {
        var height: Int
        var width: Int
        var rowStride: Int
        var pixelStride: Int
    }

    /// Reserves memory for floats. ``build(from:)`` calls `write` with it.
    mutating func add(count: Int, write: @escaping (UnsafeMutablePointer<Float>) -> Void) -> Position {
        let position = floatCount
        floatWriters.append((position, write))
        let line = AlignedMemory<Float>.alignment / MemoryLayout<Float>.size
        floatCount += (count + line - 1) / line * line
        return position
    }

    /// Adds values, padded with zeros to whole vectors.
    mutating func add(_ values: [Float], lanes: Int) -> Position {
        add(count: (values.count + lanes - 1) / lanes * lanes) { memory in
            for (index, value) in values.enumerated() { memory[index] = value }
        }
    }

    /// Adds the offset of each pixel of a buffer from the first pixel of its block, in row-major order.
    mutating func addOffsets(of buffer: Buffer) -> Position {
        let table = Table(
            height: buffer.shape.height, width: buffer.shape.width,
            rowStride: buffer.rowStride, pixelStride: buffer.lanes)
        if let position = offsetTables[table] { return position }
        let position = offsetCount
        offsetTables[table] = position
        offsetCount += table.height * table.width
        return position
    }

    /// Allocates the memory and writes the constants to it.
    func build(from memory: MemorySource) -> Constants {
        let constants = Constants(
            floats: AlignedMemory(zeroed: floatCount, from: memory),
            offsets: AlignedMemory(zeroed: offsetCount, from: memory))
        for writer in floatWriters { writer.write(constants.floats.base + writer.at) }
        for (table, position) in offsetTables {
            for pixel in 0..<table.height * table.width {
                let row = pixel / table.width
                let column = pixel % table.width
                constants.offsets.base[position + pixel] = Int32(row * table.rowStride + column * table.pixelStride)
            }
        }
        return constants
    }
}
