/// The tensors that lie beside one of whole numbers, by what is added to its name. The format itself knows no scales.
enum SafetensorsCompanion {
    /// What a step is worth: one number, or one for each output channel.
    static let scale = ".scale"
    /// The value that stands for zero.
    static let zeroPoint = ".zero_point"
}

extension Safetensors {
    /// A tensor as it is written.
    struct Piece {
        var name: String
        var type: ElementType
        var shape: [Int]
        var bytes: [UInt8]
    }

    /// All tensors, those of whole numbers with their companions, in any order.
    var pieces: [Piece] {
        tensors.map { Piece(name: $0.key, type: .float32, shape: $0.value.shape, bytes: littleEndian($0.value.values)) }
            + quantized.flatMap { Self.pieces($0.key, $0.value) }
    }

    private static func pieces(_ name: String, _ tensor: QuantizedTensor) -> [Piece] {
        let whole =
            switch tensor.values {
            case .int8(let values): Piece(name: name, type: .int8, shape: tensor.shape, bytes: littleEndian(values))
            case .int32(let values): Piece(name: name, type: .int32, shape: tensor.shape, bytes: littleEndian(values))
            }
        let scale = Piece(
            name: name + SafetensorsCompanion.scale, type: .float32, shape: [tensor.scales.count],
            bytes: littleEndian(tensor.scales))
        let zero = Piece(
            name: name + SafetensorsCompanion.zeroPoint, type: .int32, shape: [1],
            bytes: littleEndian([tensor.zeroPoint]))
        return [whole, scale, zero]
    }

    /// Puts a tensor of whole numbers together with its companions, which are no tensors of their own then.
    mutating func quantizedTensor(
        _ name: String, shape: [Int], values: QuantizedTensor.Values
    ) throws(FormatError) -> QuantizedTensor {
        let scales = tensors.removeValue(forKey: name + SafetensorsCompanion.scale)?.values ?? []
        let zero = tensors.removeValue(forKey: name + SafetensorsCompanion.zeroPoint)?.values ?? []
        do throws(FormatError) {
            guard zero.count <= 1, let point = Int32(exactly: zero.first ?? 0) else {
                throw FormatError("its zero point is not one whole number")
            }
            return try QuantizedTensor(shape: shape, values: values, scales: scales, zeroPoint: point)
        } catch {
            throw error.within("tensor \"\(shortened(name))\"")
        }
    }
}

extension StoredTensor {
    /// The numbers as they are, of a tensor that lies in one piece.
    ///
    /// - Throws: ``FormatError`` if they are of another type than quantised networks have, or do not fill the storage.
    func readIntegers(from bytes: [UInt8], in storage: Range<Int>) throws(FormatError) -> QuantizedTensor.Values {
        guard shape.count <= Self.mostDimensions, let count = Extents.count(shape),
            count <= storage.count, count * type.size == storage.count
        else { throw FormatError("\(storage.count) bytes do not fit the shape \(shape)") }
        switch type {
        case .int8: return .int8(bytes[storage].map { Int8(bitPattern: $0) })
        case .int32: return .int32(Self.integers(bytes, from: storage.lowerBound, count: count))
        default: throw FormatError("numbers of the type \(type.rawValue) have no scale")
        }
    }

    private static func integers(_ bytes: [UInt8], from start: Int, count: Int) -> [Int32] {
        bytes.withUnsafeBytes { raw in
            (0..<count).map { Int32(littleEndian: raw.loadUnaligned(fromByteOffset: start + 4 * $0, as: Int32.self)) }
        }
    }
}

/// The bytes of numbers as files have them. Every machine that this runs on is little-endian.
private func littleEndian<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] {
    numbers.withUnsafeBytes { [UInt8]($0) }
}
