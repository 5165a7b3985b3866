/// Tables of FlatBuffers, and TensorFlow Lite files made of them.
indirect enum Flat {
    case int8(Int8)
    case int32(Int32)
    case text(String)
    case vector([Int32])
    case bytes([UInt8])
    case table([Int: Flat])
    case tables([Flat])

    /// Returns a file with this root table. The identifier follows the first offset.
    func file(identifier: String) -> [UInt8] {
        var bytes: [UInt8] = le(UInt32(8)) + Array(identifier.utf8)
        let root = write(to: &bytes)
        bytes.replaceSubrange(0..<4, with: le(UInt32(root)))
        return bytes
    }

    /// Appends the value.
    ///
    /// - Returns: its byte offset.
    private func write(to bytes: inout [UInt8]) -> Int {
        let start = bytes.count
        switch self {
        case .int8(let value): bytes.append(UInt8(bitPattern: value))
        case .int32(let value): bytes += le(value)
        case .text(let text): bytes += le(UInt32(text.utf8.count)) + Array(text.utf8)
        case .vector(let values): bytes += le(UInt32(values.count)) + values.flatMap { le($0) }
        case .bytes(let content): bytes += le(UInt32(content.count)) + content
        case .table(let fields): return Self.write(table: fields, to: &bytes)
        case .tables(let tables):
            bytes += le(UInt32(tables.count)) + [UInt8](repeating: 0, count: 4 * tables.count)
            for (index, table) in tables.enumerated() { table.writeBehind(start + 4 + 4 * index, of: &bytes) }
        }
        return start
    }

    private static func write(table fields: [Int: Flat], to bytes: inout [UInt8]) -> Int {
        let places = bytes.count
        var size = 4
        var offsets = [Int](repeating: 0, count: (fields.keys.max() ?? -1) + 1)
        for (number, field) in fields.sorted(by: { $0.key < $1.key }) {
            offsets[number] = size
            size += field.width
        }
        bytes += le(UInt16(4 + 2 * offsets.count)) + le(UInt16(size)) + offsets.flatMap { le(UInt16($0)) }
        let start = bytes.count
        bytes += le(Int32(start - places)) + [UInt8](repeating: 0, count: size - 4)
        for (number, field) in fields.sorted(by: { $0.key < $1.key }) {
            switch field {
            case .int8(let value): bytes[start + offsets[number]] = UInt8(bitPattern: value)
            case .int32(let value):
                bytes.replaceSubrange(start + offsets[number]..<start + offsets[number] + 4, with: le(value))
            default: field.writeBehind(start + offsets[number], of: &bytes)
            }
        }
        return start
    }

    /// Appends the value, and writes the offset to it at `place`.
    private func writeBehind(_ place: Int, of bytes: inout [UInt8]) {
        let target = write(to: &bytes)
        bytes.replaceSubrange(place..<place + 4, with: le(UInt32(target - place)))
    }

    /// Bytes of the field in a table.
    private var width: Int { if case .int8 = self { 1 } else { 4 } }
}

/// Writer of TensorFlow Lite files.
struct TensorFlowLiteWriter {
    private var tensors: [Flat] = []
    private var buffers: [Flat] = [.table([:])]
    private var codes: [Flat] = []
    private var operators: [Flat] = []

    /// Adds a tensor.
    ///
    /// - Parameter type: code of the schema: 0 for float32, 1 for float16, 4 for int64.
    /// - Returns: the tensor's index.
    @discardableResult
    mutating func tensor(_ shape: [Int32], type: Int8 = 0, data: [UInt8]? = nil, name: String? = nil) -> Int32 {
        let number = Int32(tensors.count)
        tensors.append(
            .table([
                0: .vector(shape), 1: .int8(type), 2: .int32(data == nil ? 0 : Int32(buffers.count)),
                3: .text(name ?? "tensor\(number)"),
            ]))
        if let data { buffers.append(.table([0: .bytes(data)])) }
        return number
    }

    mutating func operation(
        _ code: Int32, _ inputs: [Int32], _ output: Int32, _ options: [Int: Flat] = [:], custom: String? = nil
    ) {
        operators.append(
            .table([0: .int32(Int32(codes.count)), 1: .vector(inputs), 2: .vector([output]), 4: .table(options)]))
        codes.append(.table([3: .int32(code), 1: .text(custom ?? "")]))
    }

    /// Returns the file.
    ///
    /// - Parameters:
    ///   - input: index of the network's input tensor.
    ///   - output: index of the network's output tensor.
    func file(input: Int32, output: Int32) -> [UInt8] {
        let graph = Flat.table([
            0: .tables(tensors), 1: .vector([input]), 2: .vector([output]), 3: .tables(operators),
        ])
        return Flat.table([1: .tables(codes), 2: .tables([graph]), 4: .tables(buffers)]).file(identifier: "TFL3")
    }
}
