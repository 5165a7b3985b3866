import Basics

/// Tensor in an ONNX file. Its values are read on demand.
struct OnnxTensor {
    private(set) var name = ""
    private(set) var shape: [Int] = []
    private var type = 0
    private var isExternal = false
    /// Byte range of the values, if the file stores them as raw bytes.
    private var raw: Range<Int>?
    /// Byte range of the message. Its fields hold the values if the file does not store them as raw bytes.
    private let message: Range<Int>

    /// - Throws: ``FormatError`` if the message is malformed.
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

    /// Creates a tensor whose values lie in a range of a file of another format, in row-major order.
    init(name: String, type: ElementType, shape: [Int], in range: Range<Int>) {
        message = 0..<0
        raw = range
        self.name = name
        self.shape = shape
        self.type = Self.types.first { $0.value == type }?.key ?? 0
    }

    /// Reads the values.
    ///
    /// - Throws: ``FormatError`` if the values are in another file, are of an unsupported type, or are fewer than those
    ///   of the shape.
    func constant(in bytes: [UInt8]) throws(FormatError) -> OnnxConstant {
        do throws(FormatError) {
            guard !isExternal else {
                throw FormatError(
                    "its values are in another file, which is not read; `onnx.save` makes one file of it")
            }
            guard let type = Self.types[type] else {
                throw FormatError("values of a type (\(type)) that is not supported")
            }
            let tensor = StoredTensor(type: type, shape: shape)
            if let raw { return try Self.constant(tensor, bytes, in: raw) }
            let packed = try packed(type, bytes)
            return try Self.constant(tensor, packed, in: 0..<packed.count)
        } catch {
            throw error.within("tensor \"\(shortened(name))\"")
        }
    }

    /// Returns the values of the message's fields as raw bytes. Fields hold small types in wider ones.
    private func packed(_ type: ElementType, _ bytes: [UInt8]) throws(FormatError) -> [UInt8] {
        // Each value takes at least one byte of the message.
        guard let count = Extents.count(shape), count <= message.count else {
            throw FormatError("it has fewer values than the shape \(shape)")
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
            return OnnxConstant(shape: read.shape, values: .floats(read.values))
        // Not as float32, which cannot represent all int64, such as the largest one, which stands for "to the end".
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

    /// Calls `append` for each element of a packed list, or for the single value of a field.
    ///
    /// - Parameter width: bytes of each element, or 0 for varints.
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
