/// Writer of Protocol Buffers messages.
enum Protobuf {
    enum Field {
        case number(Int)
        case bytes([UInt8])

        static func text(_ text: String) -> Field { .bytes(Array(text.utf8)) }
    }

    static func message(_ fields: [(Int, Field)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (field, content) in fields {
            switch content {
            case .number(let number): bytes += varint(field << 3) + varint(number)
            case .bytes(let content): bytes += varint(field << 3 | 2) + varint(content.count) + content
            }
        }
        return bytes
    }

    private static func varint(_ number: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64(number))
        var bytes: [UInt8] = []
        while rest > 127 {
            bytes.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

/// Writer of ONNX files with the input `x` and the output `y`.
struct OnnxWriter {
    var extents = [1, 3, 8, 8]
    private var nodes: [[UInt8]] = []
    private var tensors: [[UInt8]] = []

    /// - Parameters:
    ///   - attributes: integers, and packed lists of integers.
    ///   - floats: name and values of a list of float32.
    ///   - text: name and value of a string.
    mutating func node(
        _ operation: String, _ inputs: [String], _ output: String, _ attributes: [(String, Protobuf.Field)] = [],
        floats: (String, [Float])? = nil, text: (String, String)? = nil
    ) {
        var all = attributes.map { Self.attribute($0, $1) }
        if let floats {
            all.append(Protobuf.message([(1, .text(floats.0)), (7, .bytes(floats.1.flatMap { le($0.bitPattern) }))]))
        }
        if let text { all.append(Protobuf.message([(1, .text(text.0)), (4, .text(text.1))])) }
        nodes.append(
            Protobuf.message(
                inputs.map { (1, .text($0)) } + [(2, .text(output)), (4, .text(operation))]
                    + all.map { (5, .bytes($0)) }))
    }

    /// Adds a constant tensor.
    ///
    /// - Parameter type: code of ONNX: 1 for float32, 7 for int64.
    mutating func tensor(_ name: String, _ shape: [Int], type: Int, raw: [UInt8]) {
        tensors.append(
            Protobuf.message(shape.map { (1, .number($0)) } + [(2, .number(type)), (8, .text(name)), (9, .bytes(raw))]))
    }

    mutating func floats(_ name: String, _ shape: [Int]) {
        tensor(name, shape, type: 1, raw: [UInt8](repeating: 0, count: 4 * shape.reduce(1, *)))
    }

    var file: [UInt8] {
        let dimensions = extents.map { (1, Protobuf.Field.bytes(Protobuf.message([(1, .number($0))]))) }
        let type = Protobuf.message([
            (1, .bytes(Protobuf.message([(1, .number(1)), (2, .bytes(Protobuf.message(dimensions)))])))
        ])
        let graph = Protobuf.message(
            nodes.map { (1, .bytes($0)) } + tensors.map { (5, .bytes($0)) } + [
                (11, .bytes(Protobuf.message([(1, .text("x")), (2, .bytes(type))]))),
                (12, .bytes(Protobuf.message([(1, .text("y"))]))),
            ])
        return Protobuf.message([
            (1, .number(7)), (8, .bytes(Protobuf.message([(2, .number(13))]))), (7, .bytes(graph)),
        ])
    }

    private static func attribute(_ name: String, _ value: Protobuf.Field) -> [UInt8] {
        switch value {
        case .number: Protobuf.message([(1, .text(name)), (3, value)])
        case .bytes: Protobuf.message([(1, .text(name)), (8, value)])
        }
    }
}
