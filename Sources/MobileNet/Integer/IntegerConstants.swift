import Kernels

/// Collects a quantised plan's constants in one piece of memory: weights, parameters of channels, tables.
struct IntegerConstants {
    /// A place in the memory, in bytes from its start.
    typealias Place = Int

    private var bytes: [UInt8] = []
    private var offsetTables: [[Int32]: Place] = [:]

    /// Adds values, which begin on a cache line.
    mutating func add<Element: BitwiseCopyable>(_ values: [Element]) -> Place {
        let line = AlignedMemory<UInt8>.alignment
        bytes.append(contentsOf: repeatElement(0, count: (line - bytes.count % line) % line))
        let place = bytes.count
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return place
    }

    /// Adds a table of offsets, of which many layers have the same.
    mutating func add(offsets: [Int32]) -> Place {
        if let place = offsetTables[offsets] { return place }
        let place = add(offsets)
        offsetTables[offsets] = place
        return place
    }

    /// For each pixel of a buffer, row by row, where it lies from the first pixel of its block.
    mutating func addOffsets(of buffer: Buffer) -> Place {
        var offsets: [Int32] = []
        offsets.reserveCapacity(buffer.shape.pixels)
        for row in 0..<buffer.shape.height {
            for column in 0..<buffer.shape.width {
                offsets.append(Int32(row * buffer.rowStride + column * buffer.lanes))
            }
        }
        return add(offsets: offsets)
    }

    /// The memory, with room behind it for loops that read a vector further.
    func build(from source: MemorySource) -> AlignedMemory<UInt8> {
        let memory = AlignedMemory<UInt8>(zeroed: bytes.count + AlignedMemory<UInt8>.alignment, from: source)
        bytes.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { memory.base.update(from: base, count: source.count) }
        }
        return memory
    }
}
