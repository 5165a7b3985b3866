/// A tensor as a TensorFlow Lite file describes it: of weights if it has contents, else of what operators compute.
struct LiteTensor {
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

        /// Whether it holds what networks of bytes compute with.
        var isByte: Bool { self == .uint8 || self == .int8 }
    }

    let name: String
    /// Outermost first: `[1, height, width, channels]`.
    let shape: [Int]
    /// `nil` for one that no network of this family has.
    let type: ElementType?
    /// Where its contents lie in the file; empty for what is computed.
    let data: Range<Int>
    let scales: FlatVector<UInt32>?
    let zeroPoints: FlatVector<Int64>?

    var isConstant: Bool { !data.isEmpty }

    /// How its bytes stand for numbers; `nil` of a tensor of numbers. Signed bytes count as 128 more.
    ///
    /// - Throws: ``FormatError`` if it is a tensor of bytes without one scale, or of a type that is not known.
    func quantization() throws(FormatError) -> Quantization? {
        guard let type else {
            throw FormatError("the tensor \"\(shortened(name))\" is of a type that is not supported")
        }
        guard type.isByte else { return nil }
        guard let scales, scales.count == 1 else {
            throw FormatError("the tensor \"\(shortened(name))\" of bytes has no scale")
        }
        let zeroPoint = try zeroPoint() + (type == .int8 ? 128 : 0)
        let quantization = Quantization(scale: Float(bitPattern: try scales[0]), zeroPoint: Int32(clamping: zeroPoint))
        guard quantization.isValid else {
            throw FormatError("the tensor \"\(shortened(name))\" has an impossible scale")
        }
        return quantization
    }

    /// Of its values as they are in the file. Where there are several, they are all the same.
    private func zeroPoint() throws(FormatError) -> Int64 {
        guard let zeroPoints, zeroPoints.count > 0 else { return 0 }
        let first = try zeroPoints[0]
        for index in 1..<max(zeroPoints.count, 1) where try zeroPoints[index] != first {
            throw FormatError("the tensor \"\(shortened(name))\" has different zero points")
        }
        guard (-128...255).contains(first) else {
            throw FormatError("the tensor \"\(shortened(name))\" has an impossible zero point")
        }
        return first
    }

    /// One for all, or one for each channel.
    private func scaleList() throws(FormatError) -> [Float] {
        guard let scales else { return [] }
        return try scales.items(atMost: scales.range.count).map { Float(bitPattern: $0) }
    }

    // MARK: - Contents

    /// Its contents as numbers. What is quantised is multiplied out.
    ///
    /// - Parameter axis: along which several scales count.
    func numbers(in bytes: [UInt8], axis: Int = 0) throws(FormatError) -> Tensor {
        guard let type else {
            throw FormatError("the tensor \"\(shortened(name))\" is of a type that is not supported")
        }
        let tensor = try StoredTensor(type: type.stored, shape: shape).read(from: bytes, in: data)
        guard type.isByte, !tensor.values.isEmpty else { return tensor }
        let scales = try scaleList()
        let zeroPoint = Float(try zeroPoint())
        guard scales.count == 1 || shape.indices.contains(axis) && scales.count == shape[axis] else {
            throw FormatError("the tensor \"\(shortened(name))\" of bytes has \(scales.count) scales")
        }
        let inner = scales.count == 1 ? 1 : shape[(axis + 1)...].reduce(1, *)
        let values = tensor.values.enumerated().map { index, value in
            (value - zeroPoint) * scales[index / inner % scales.count]
        }
        return Tensor(shape: shape, values: values)
    }

    /// Its contents as whole numbers: a shape, a permutation, a list of axes.
    func integers(in bytes: [UInt8]) throws(FormatError) -> [Int] {
        guard type == .int32 || type == .int64, let count = Extents.count(shape), count <= 64
        else { throw FormatError("the tensor \"\(shortened(name))\" is no list of whole numbers") }
        var integers: [Int] = []
        for value in try numbers(in: bytes).values {
            guard let integer = Int(exactly: value) else {
                throw FormatError("the tensor \"\(shortened(name))\" has numbers that are too large")
            }
            integers.append(integer)
        }
        return integers
    }

    /// Its contents as they are, for a layer that computes with bytes. Unsigned bytes count as 128 less.
    ///
    /// - Parameter defaultScales: for a bias whose scales the file leaves out.
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
            throw FormatError("the tensor \"\(shortened(name))\" is not of bytes, in a layer that computes with bytes")
        }
    }
}
