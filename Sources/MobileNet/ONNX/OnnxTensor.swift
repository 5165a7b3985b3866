import Basics

/// A tensor as an ONNX file has it. Its numbers are read when they are asked for.
struct OnnxTensor {
    private(set) var name = ""
    private(set) var shape: [Int] = []
    private var type = 0
    private var isExternal = false
    /// The bytes of all numbers, if they are written in that way.
    private var raw: Range<Int>?
    /// Where the message lies, whose fields else hold them.
    private let message: Range<Int>

    /// - Throws: ``FormatError`` if it is damaged.
    init(_ bytes: [UInt8], _ range: Range<Int>) throws(FormatError) {
        message = range
        var reader = ProtobufReader(bytes, range)
        while let (field, content) = try reader.next() {
            switch field {
            case 1:
                try Self.list(bytes, content, width: 0) { shape.append(Int(truncatingIfNeeded: Int64(bitPattern: $0))) }
            case 2: type = content.integer
            case 8: name = content.text(in: bytes)
            case 9: raw = content.range
            case 13: isExternal = true
            case 14: isExternal = isExternal || content.integer == 1
            default: break
            }
            guard shape.count <= StoredTensor.mostDimensions else { throw StoredTensor.tooManyDimensions }
        }
    }

    /// The numbers.
    ///
    /// - Throws: ``FormatError`` if they lie in another file, are of a type that is not supported, or are fewer than the
    ///   shape says.
    func constant(in bytes: [UInt8]) throws(FormatError) -> OnnxConstant {
        do throws(FormatError) {
            guard !isExternal else {
                throw FormatError(
                    "its numbers lie in another file, and that is not read; `onnx.save` makes one file of it")
            }
            guard let type = Self.types[type] else {
                throw FormatError("numbers of a type (\(type)) that is not supported")
            }
            let tensor = StoredTensor(type: type, shape: shape)
            if let raw { return try Self.constant(tensor, bytes, in: raw) }
            let packed = try packed(type, bytes)
            return try Self.constant(tensor, packed, in: 0..<packed.count)
        } catch {
            throw error.within("tensor \"\(shortened(name))\"")
        }
    }

    /// The numbers of smaller types stand in fields of wider ones: they are written down again as they are.
    private func packed(_ type: ElementType, _ bytes: [UInt8]) throws(FormatError) -> [UInt8] {
        // Each number takes a byte of the message at least.
        guard let count = Extents.count(shape), count <= message.count else {
            throw FormatError("it has fewer numbers than the shape \(shape) says")
        }
        try Memory.check(count * type.size)
        var packed: [UInt8] = []
        packed.reserveCapacity(count * type.size)
        let width = type == .float32 ? 4 : type == .float64 ? 8 : 0
        var reader = ProtobufReader(bytes, message)
        while let (field, content) = try reader.next() {
            guard [4, 5, 7, 10, 11].contains(field) else { continue }
            try Self.list(bytes, content, width: width) { value in
                guard packed.count < count * type.size else { return }
                for byte in 0..<type.size { packed.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(byte)))) }
            }
        }
        return packed
    }

    private static let types: [Int: ElementType] = [
        1: .float32, 2: .uint8, 3: .int8, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16, 11: .float64,
        16: .bfloat16,
    ]

    private static func constant(_ tensor: StoredTensor, _ bytes: [UInt8], in range: Range<Int>) throws(FormatError)
        -> OnnxConstant
    {
        switch tensor.type {
        case .float16, .bfloat16, .float32, .float64:
            let read = try tensor.read(from: bytes, in: range)
            return OnnxConstant(shape: read.shape, values: .reals(read.values))
        // Floats do not hold all of them, as the largest number that stands for "to the end".
        case .int64:
            return OnnxConstant(
                shape: tensor.shape,
                values: .integers(try integers(tensor, bytes, range) { (value: Int64) in Int(value) }))
        case .int32:
            return OnnxConstant(
                shape: tensor.shape,
                values: .integers(try integers(tensor, bytes, range) { (value: Int32) in Int(value) }))
        case .int16:
            return OnnxConstant(
                shape: tensor.shape, values: .small(try integers(tensor, bytes, range) { (value: Int16) in value }))
        case .int8:
            return OnnxConstant(
                shape: tensor.shape,
                values: .small(try integers(tensor, bytes, range) { (value: Int8) in Int16(value) }))
        case .uint8, .bool:
            let values = try integers(tensor, bytes, range) { (value: UInt8) in Int16(value) }
            return OnnxConstant(shape: tensor.shape, values: .small(values), isSigned: tensor.type != .uint8)
        }
    }

    private static func integers<Stored: FixedWidthInteger & BitwiseCopyable, Number>(
        _ tensor: StoredTensor, _ bytes: [UInt8], _ range: Range<Int>, _ convert: (Stored) -> Number
    ) throws(FormatError) -> [Number] {
        let count = try tensor.checkedCount(storageSize: range.count)
        try Memory.check(count * MemoryLayout<Number>.stride)
        return bytes.withUnsafeBytes { raw in
            (0..<count).map { index in
                let place = range.lowerBound + index * MemoryLayout<Stored>.size
                return convert(Stored(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: Stored.self)))
            }
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
