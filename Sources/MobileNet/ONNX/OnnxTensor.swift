/// A tensor as an ONNX file has it. Its numbers are read when they are asked for.
struct OnnxTensor {
    private(set) var name = ""
    private(set) var shape: [Int] = []
    private var type = 0
    private var isExternal = false
    /// The bytes of all numbers, if they are written in that way.
    private var raw: Range<Int>?
    /// Else the fields that hold them.
    private var fields: [ProtobufReader.Content] = []

    private static let mostFields = 1 << 20

    /// - Throws: ``FormatError`` if it is damaged.
    init(_ bytes: [UInt8], _ range: Range<Int>) throws(FormatError) {
        var reader = ProtobufReader(bytes, range)
        while let (field, content) = try reader.next() {
            switch field {
            case 1: try Self.list(bytes, content, width: 0) { shape.append(Int(truncatingIfNeeded: Int64(bitPattern: $0))) }
            case 2: type = content.integer
            case 4, 5, 7, 10, 11: fields.append(content)
            case 8: name = content.text(in: bytes)
            case 9: raw = content.range
            case 13: isExternal = true
            case 14: isExternal = isExternal || content.integer == 1
            default: break
            }
            guard shape.count <= StoredTensor.mostDimensions else { throw StoredTensor.tooManyDimensions }
            guard fields.count <= Self.mostFields else { throw FormatError("a tensor in too many pieces") }
        }
    }

    /// The numbers.
    ///
    /// - Throws: ``FormatError`` if they lie in another file, are of a type that is not supported, or are fewer than the
    ///   shape says.
    func constant(in bytes: [UInt8]) throws(FormatError) -> OnnxConstant {
        do throws(FormatError) {
            guard !isExternal else {
                throw FormatError("its numbers lie in another file, and that is not read; `onnx.save` makes one file of it")
            }
            guard let type = Self.types[type] else { throw FormatError("numbers of a type (\(type)) that is not supported") }
            let tensor = StoredTensor(type: type, shape: shape)
            if let raw { return try Self.constant(tensor, bytes, in: raw) }
            // The numbers of smaller types stand in fields of wider ones: they are written down again as they are.
            var packed: [UInt8] = []
            let width = type == .float32 ? 4 : type == .float64 ? 8 : 0
            for content in fields {
                try Self.list(bytes, content, width: width) { value in
                    for byte in 0..<type.size { packed.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))) }
                }
            }
            return try Self.constant(tensor, packed, in: 0..<packed.count)
        } catch {
            throw FormatError("tensor \"\(shortened(name))\": \(error.reason)")
        }
    }

    private static let types: [Int: ElementType] = [
        1: .float32, 2: .uint8, 3: .int8, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16, 11: .float64, 16: .bfloat16,
    ]

    private static func constant(_ tensor: StoredTensor, _ bytes: [UInt8], in range: Range<Int>) throws(FormatError) -> OnnxConstant {
        let read = try tensor.read(from: bytes, in: range)
        switch tensor.type {
        case .float16, .bfloat16, .float32, .float64:
            return OnnxConstant(shape: read.shape, values: .reals(read.values))
        case .int64:
            // Floats do not hold all of them, as the largest number that stands for "to the end".
            let values = bytes.withUnsafeBytes { raw in
                (0..<read.values.count).map { index in
                    Int(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: range.lowerBound + 8 * index, as: Int64.self)))
                }
            }
            return OnnxConstant(shape: read.shape, values: .integers(values))
        case .int32:
            let values = bytes.withUnsafeBytes { raw in
                (0..<read.values.count).map { index in
                    Int(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: range.lowerBound + 4 * index, as: Int32.self)))
                }
            }
            return OnnxConstant(shape: read.shape, values: .integers(values))
        case .uint8, .int8, .int16, .bool:
            return OnnxConstant(shape: read.shape, values: .integers(read.values.map { Int($0) }), isSigned: tensor.type != .uint8)
        }
    }

    /// Calls `append` for each number of a list, or for the single one that a field holds.
    ///
    /// - Parameter width: bytes of each, or 0 for numbers of as many bytes as they need.
    static func list(
        _ bytes: [UInt8], _ content: ProtobufReader.Content, width: Int, append: (UInt64) -> Void
    ) throws(FormatError) {
        switch content {
        case .number(let value), .fixed64(let value): append(value)
        case .fixed32(let value): append(UInt64(value))
        case .bytes(let range):
            var reader = ProtobufReader(bytes, range)
            while !reader.isAtEnd {
                switch width {
                case 4: append(UInt64(try reader.fixed32()))
                case 8: append(try reader.fixed64())
                default: append(try reader.number())
                }
            }
        }
    }
}
