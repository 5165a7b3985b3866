/// The numbers of a plan that do not change: packed weights, biases, and tables of offsets.
///
/// It is filled while the plan is made and only read afterwards, so any number of sessions share it.
struct Constants {
    let floats: AlignedMemory<Float>
    let offsets: AlignedMemory<Int32>
}

/// Collects constants, then lays them out in one piece of memory each.
struct ConstantsBuilder {
    /// A place in ``Constants/floats`` or in ``Constants/offsets``.
    typealias Place = Int

    private var floatWriters: [(at: Int, write: (UnsafeMutablePointer<Float>) -> Void)] = []
    private var floatCount = 0
    private var offsetTables: [Table: Place] = [:]
    private var offsetCount = 0

    /// A table of where the pixels of a plane lie.
    private struct Table: Hashable {
        var height: Int
        var width: Int
        var rowStride: Int
        var pixelStride: Int
    }

    /// Room for floats that are written when all room is known.
    mutating func add(count: Int, write: @escaping (UnsafeMutablePointer<Float>) -> Void) -> Place {
        let place = floatCount
        floatWriters.append((place, write))
        let line = AlignedMemory<Float>.alignment / MemoryLayout<Float>.size
        floatCount += (count + line - 1) / line * line
        return place
    }

    /// Values, filled up with zeros to whole vectors.
    mutating func add(_ values: [Float], lanes: Int) -> Place {
        add(count: (values.count + lanes - 1) / lanes * lanes) { memory in
            for (index, value) in values.enumerated() { memory[index] = value }
        }
    }

    /// For each pixel of a buffer, row by row, where it lies from the first pixel of its block.
    mutating func addOffsets(of buffer: Buffer) -> Place {
        let table = Table(
            height: buffer.shape.height, width: buffer.shape.width,
            rowStride: buffer.rowStride, pixelStride: buffer.lanes)
        if let place = offsetTables[table] { return place }
        let place = offsetCount
        offsetTables[table] = place
        offsetCount += table.height * table.width
        return place
    }

    func build(from memory: MemorySource) -> Constants {
        let constants = Constants(
            floats: AlignedMemory(zeroed: floatCount, from: memory),
            offsets: AlignedMemory(zeroed: offsetCount, from: memory))
        for writer in floatWriters { writer.write(constants.floats.base + writer.at) }
        for (table, place) in offsetTables {
            for pixel in 0..<table.height * table.width {
                let row = pixel / table.width
                let column = pixel % table.width
                constants.offsets.base[place + pixel] = Int32(row * table.rowStride + column * table.pixelStride)
            }
        }
        return constants
    }
}
