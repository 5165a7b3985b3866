/// Element type of a stored tensor.
enum ElementType: String, CaseIterable, Sendable {
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float32 = "F32"
    case float64 = "F64"
    case uint8 = "U8"
    case int8 = "I8"
    case int16 = "I16"
    case int32 = "I32"
    case int64 = "I64"
    case bool = "BOOL"

    /// Bytes per element.
    var size: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .float16, .bfloat16, .int16: 2
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }

    /// Decodes elements to float32.
    ///
    /// - Parameters:
    ///   - bytes: little-endian elements; the buffer has to hold all positions.
    ///   - count: the number of elements.
    ///   - position: returns the position of an element, counted in elements.
    func decode(_ bytes: UnsafeRawBufferPointer, count: Int, position: (Int) -> Int) -> [Float] {
        switch self {
        case .float16: Self.map(bytes, count, position) { (bits: UInt16) in Self.float(half: bits) }
        case .bfloat16: Self.map(bytes, count, position) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        case .float32: Self.map(bytes, count, position) { (bits: UInt32) in Float(bitPattern: bits) }
        case .float64: Self.map(bytes, count, position) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
        case .uint8, .bool: Self.map(bytes, count, position) { (value: UInt8) in Float(value) }
        case .int8: Self.map(bytes, count, position) { (value: Int8) in Float(value) }
        case .int16: Self.map(bytes, count, position) { (value: Int16) in Float(value) }
        case .int32: Self.map(bytes, count, position) { (value: Int32) in Float(value) }
        case .int64: Self.map(bytes, count, position) { (value: Int64) in Float(value) }
        }
    }

    private static func map<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ count: Int, _ position: (Int) -> Int, _ convert: (Bits) -> Float
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                let at = position(index) * MemoryLayout<Bits>.size
                buffer[index] = convert(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Bits.self)))
            }
            initialized = count
        }
    }

    /// Decodes IEEE 754 half precision. `Float16` is not available on all platforms that this compiles for.
    private static func float(half bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Float(bits & 0x3FF) / 1024
        switch exponent {
        case 0: return sign * fraction * Float(sign: .plus, exponent: -14, significand: 1)
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
        }
    }
}
