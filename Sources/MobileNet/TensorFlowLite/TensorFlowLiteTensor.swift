/// Tensor in a TensorFlow Lite file: a constant if it has contents, else the output of an operator.
struct TensorFlowLiteTensor {
    enum ElementType: Int8 {
        case float32 = 0
        case float16 = 1
        case int32 = 2
        case uint8 = 3
        case int64 = 4
        case int8 = 9

        var stored: MobileNet.ElementType {
            switch self {
            case .float32: .float32
            case .float16: .float16
            case .int32: .int32
            case .uint8: .uint8
            case .int64: .int64
            case .int8: .int8
            }
        }

        /// Whether it is a type of quantized values.
        var isByte: Bool { self == .uint8 || self == .int8 }
    }

    let name: String
    /// Shape; `[1, height, width, channels]` of an image.
    let shape: [Int]
    /// Element type; `nil` if it is not supported.
    let type: ElementType?
    /// Byte range of the contents in the file; empty for the output of an operator.
    let data: Range<Int>
    let scales: FlatVector<UInt32>?
    let zeroPoints: FlatVector<Int64>?

    var isConstant: Bool { !data.isEmpty }

    /// Returns the quantization; `nil` of a float32 tensor. The zero point of int8 is shifted by 128, because values
    /// are uint8.
    ///
    /// - Throws: ``FormatError`` if a quantized tensor does not have exactly one scale, or the type is not supported.
    func quantization() throws(FormatError) -> Quantization? {
        guard let type else {
            throw FormatError("the tensor \"\(shortened(name))\" is of a type that is not supported")
        }
        guard type.isByte else { return nil }
        guard let scales, scales.count == 1 else {
            throw FormatError("the quantized tensor \"\(shortened(name))\" does not have one scale")
        }
        let zeroPoint = try zeroPoint() + (type == .int8 ? 128 : 0)
        let quantization = Quantization(scale: Float(bitPattern: try scales[0]), zeroPoint: Int32(clamping: zeroPoint))
        guard quantization.isValid else {
            throw FormatError("the tensor \"\(shortened(name))\" has a scale out of range")
        }
        return quantization
    }

    /// Returns the zero point in the file.
    ///
    /// - Throws: ``FormatError`` if several zero points differ, or one is out of range.
    private func zeroPoint() throws(FormatError) -> Int64 {
        guard let zeroPoints, zeroPoints.count > 0 else { return 0 }
        let first = try zeroPoints[0]
        for index in 1..<max(zeroPoints.count, 1) where try zeroPoints[index] != first {
            throw FormatError("the tensor \"\(shortened(name))\" has different zero points")
        }
        guard (-128...255).contains(first) else {
            throw FormatError("the tensor \"\(shortened(name))\" has a zero point out of range")
        }
        return first
    }

    /// Returns the scales: one for all channels, or one for each.
    private func scaleList() throws(FormatError) -> [Float] {
        guard let scales else { return [] }
        return try scales.items(atMost: scales.range.count).map { Float(bitPattern: $0) }
    }

    // MARK: - Contents

    /// Reads the contents as float32. Quantized values are dequantized.
    ///
    /// - Parameter axis: dimension along which scales vary.
    /// - Throws: ``FormatError`` if the type is not supported, or the contents or scales do not fit the shape.
    func floats(in bytes: [UInt8], axis: Int = 0) throws(FormatError) -> Tensor {
        guard let type else {
            throw FormatError("the tensor \"\(shortened(name))\" is of a type that is not supported")
        }
        let tensor = try StoredTensor(type: type.stored, shape: shape).read(from: bytes, in: data)
        guard type.isByte, !tensor.values.isEmpty else { return tensor }
        let scales = try scaleList()
        let zeroPoint = Float(try zeroPoint())
        guard scales.count == 1 || shape.indices.contains(axis) && scales.count == shape[axis] else {
            throw FormatError("the quantized tensor \"\(shortened(name))\" has \(scales.count) scales")
        }
        let inner = scales.count == 1 ? 1 : shape[(axis + 1)...].reduce(1, *)
        let values = tensor.values.enumerated().map { index, value in
            (value - zeroPoint) * scales[index / inner % scales.count]
        }
        return Tensor(shape: shape, values: values)
    }

    /// Reads the contents as a short list of integers, such as a shape, a permutation or axes.
    func integers(in bytes: [UInt8]) throws(FormatError) -> [Int] {
        guard type == .int32 || type == .int64, let count = Extents.count(shape), count <= 64
        else { throw FormatError("the tensor \"\(shortened(name))\" is not a list of integers") }
        var integers: [Int] = []
        for value in try floats(in: bytes).values {
            guard let integer = Int(exactly: value) else {
                throw FormatError("the tensor \"\(shortened(name))\" has values that are too large")
            }
            integers.append(integer)
        }
        return integers
    }

    /// Reads the contents for a quantized layer. uint8 values become int8 by a shift of 128.
    ///
    /// - Parameter defaultScales: scales of a bias whose scales the file leaves out.
    /// - Throws: ``FormatError`` if the type is not quantized, or the contents do not fit the shape.
    func quantized(in bytes: [UInt8], defaultScales: [Float] = []) throws(FormatError) -> QuantizedTensor {
        let stored = StoredTensor(type: (type ?? .float32).stored, shape: shape)
        let count = try stored.checkedCount(storageSize: data.count)
        var scales = try scaleList()
        if scales.isEmpty { scales = defaultScales }
        let content = bytes[data].prefix(count * stored.type.size)
        let zeroPoint = Int32(try zeroPoint())
        switch type {
        case .int8:
            return try QuantizedTensor(
                shape: shape, values: .int8(content.map { Int8(bitPattern: $0) }), scales: scales, zeroPoint: zeroPoint)
        case .uint8:
            let values = content.map { Int8(bitPattern: $0 ^ 0x80) }
            return try QuantizedTensor(shape: shape, values: .int8(values), scales: scales, zeroPoint: zeroPoint - 128)
        case .int32:
            let values = content.withUnsafeBytes { raw in
                (0..<count).map { Int32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
            }
            return try QuantizedTensor(shape: shape, values: .int32(values), scales: scales, zeroPoint: 0)
        default:
            throw FormatError("the tensor \"\(shortened(name))\" of a quantized layer is not quantized")
        }
    }
}
