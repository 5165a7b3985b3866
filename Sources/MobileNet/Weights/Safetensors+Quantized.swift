/// Suffixes of the tensors that hold the quantization of a quantized tensor. The safetensors format has no scales.
enum SafetensorsCompanion {
    /// Scale: one value, or one for each output channel.
    static let scale = ".scale"
    /// Zero point.
    static let zeroPoint = ".zero_point"
}

extension Safetensors {
    /// Encoded tensor.
    struct Piece {
        var name: String
        var type: ElementType
        var shape: [Int]
        var bytes: [UInt8]
    }

    /// All tensors, the quantized ones with their scales and zero points, in any order.
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

    /// Creates a quantized tensor, and removes its scale and zero point from ``tensors``.
    mutating func quantizedTensor(
        _ name: String, shape: [Int], values: QuantizedTensor.Values
    ) throws(FormatError) -> QuantizedTensor {
        let scales = tensors.removeValue(forKey: name + SafetensorsCompanion.scale)?.values ?? []
        let zero = tensors.removeValue(forKey: name + SafetensorsCompanion.zeroPoint)?.values ?? []
        do throws(FormatError) {
            guard zero.count <= 1, let point = Int32(exactly: zero.first ?? 0) else {
                throw FormatError("its zero point is not one integer")
            }
            return try QuantizedTensor(shape: shape, values: values, scales: scales, zeroPoint: point)
        } catch {
            throw error.within("tensor \"\(shortened(name))\"")
        }
    }
}

extension StoredTensor {
    /// Reads the integers of a contiguous tensor.
    ///
    /// - Throws: ``FormatError`` if the element type is neither int8 nor int32, or the elements do not fill the storage.
    func readIntegers(from bytes: [UInt8], in storage: Range<Int>) throws(FormatError) -> QuantizedTensor.Values {
        guard shape.count <= Self.mostDimensions, let count = Extents.count(shape),
            count <= storage.count, count * type.size == storage.count
        else { throw FormatError("\(storage.count) bytes do not fit the shape \(shape)") }
        switch type {
        case .int8: return .int8(bytes[storage].map { Int8(bitPattern: $0) })
        case .int32: return .int32(Self.integers(bytes, from: storage.lowerBound, count: count))
        default: throw FormatError("a tensor of the type \(type.rawValue) has no scale")
        }
    }

    private static func integers(_ bytes: [UInt8], from start: Int, count: Int) -> [Int32] {
        bytes.withUnsafeBytes { raw in
            (0..<count).map { Int32(littleEndian: raw.loadUnaligned(fromByteOffset: start + 4 * $0, as: Int32.self)) }
        }
    }
}

/// Encodes values as little-endian bytes. All supported machines are little-endian.
private func littleEndian<Element: BitwiseCopyable>(_ values: [Element]) -> [UInt8] {
    values.withUnsafeBytes { [UInt8]($0) }
}
