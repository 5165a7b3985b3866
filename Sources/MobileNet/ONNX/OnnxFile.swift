/// The parts of an ONNX file that an importer needs.
///
/// onnx/onnx.proto, <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3>; the numbers of fields are those there.
struct OnnxFile {
    /// One operation.
    struct Node {
        var name = ""
        /// As `Conv`.
        var operation = ""
        /// Of the operation; empty for ONNX's own.
        var domain = ""
        /// Names of values; empty for one that is left out.
        var inputs: [String] = []
        var outputs: [String] = []
        var attributes: [String: Attribute] = [:]
    }

    /// What a node is set to.
    struct Attribute {
        var real: Float = 0
        var integer = 0
        var text = ""
        var tensor: OnnxTensor?
        var reals: [Float] = []
        var integers: [Int] = []
    }

    /// What goes in or comes out; `nil` for an extent that the file leaves open.
    struct Port {
        var name = ""
        var shape: [Int?] = []
    }

    let bytes: [UInt8]
    /// The version of the operations' meaning.
    private(set) var version = 0
    /// The program that wrote it.
    private(set) var producer = ""
    private(set) var nodes: [Node] = []
    private(set) var weights: [String: OnnxTensor] = [:]
    private(set) var inputs: [Port] = []
    private(set) var outputs: [Port] = []

    private static let mostNodes = 8192
    private static let mostNames = 256
    private static let mostAttributes = 64
    /// Of one list that stands in an attribute.
    private static let mostNumbers = 1 << 16
    /// Names and attributes of all nodes together.
    private static let mostParts = 1 << 18

    private var parts = 0

    /// Whether the bytes are, or begin like, a message of the kind that an ONNX file is: they have no mark.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 2, bytes[0] == 0x08, bytes[1] < 64 else { return false }
        // Producer, domain, documentation, graph, or operator set follow.
        return [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42].contains(bytes[2])
    }

    /// - Throws: ``FormatError`` if it is damaged.
    init(_ bytes: [UInt8]) throws(FormatError) {
        self.bytes = bytes
        var reader = ProtobufReader(bytes)
        var graph: Range<Int>?
        while let (field, content) = try reader.next() {
            switch field {
            case 2: producer = content.text(in: bytes)
            case 7: graph = content.range
            case 8: try readVersion(content.range)
            default: break
            }
        }
        guard let graph else { throw FormatError("no ONNX file, or one without a network") }
        try read(graph)
    }

    private mutating func readVersion(_ range: Range<Int>) throws(FormatError) {
        var reader = ProtobufReader(bytes, range)
        var domain = ""
        var number = 0
        while let (field, content) = try reader.next() {
            if field == 1 { domain = content.text(in: bytes) }
            if field == 2 { number = content.integer }
        }
        if domain.isEmpty || domain == "ai.onnx" { version = number }
    }

    private mutating func read(_ graph: Range<Int>) throws(FormatError) {
        var reader = ProtobufReader(bytes, graph)
        while let (field, content) = try reader.next() {
            switch field {
            case 1:
                let node = try node(content.range)
                parts += node.inputs.count + node.outputs.count + node.attributes.count
                nodes.append(node)
            case 5:
                let tensor = try OnnxTensor(bytes, content.range)
                weights[tensor.name] = tensor
            case 11: inputs.append(try port(content.range))
            case 12: outputs.append(try port(content.range))
            case 15: throw FormatError("not supported: weights of which only some are written down")
            default: break
            }
            guard nodes.count <= Self.mostNodes, weights.count <= Self.mostNodes,
                inputs.count <= Self.mostNodes, outputs.count <= Self.mostNames, parts <= Self.mostParts
            else { throw FormatError("more operations, or weights, than any network of this family has") }
        }
    }

    private func node(_ range: Range<Int>) throws(FormatError) -> Node {
        var node = Node()
        var reader = ProtobufReader(bytes, range)
        while let (field, content) = try reader.next() {
            switch field {
            case 1: node.inputs.append(content.text(in: bytes))
            case 2: node.outputs.append(content.text(in: bytes))
            case 3: node.name = content.text(in: bytes)
            case 4: node.operation = content.text(in: bytes)
            case 5:
                let (name, attribute) = try attribute(content.range)
                node.attributes[name] = attribute
            case 7: node.domain = content.text(in: bytes)
            default: break
            }
            guard node.inputs.count <= Self.mostNames, node.outputs.count <= Self.mostNames,
                node.attributes.count <= Self.mostAttributes
            else {
                throw FormatError("an operation with more inputs, outputs or attributes than any has")
            }
        }
        return node
    }

    private func attribute(_ range: Range<Int>) throws(FormatError) -> (String, Attribute) {
        var name = ""
        var attribute = Attribute()
        var reader = ProtobufReader(bytes, range)
        while let (field, content) = try reader.next() {
            switch field {
            case 1: name = content.text(in: bytes)
            case 2: attribute.real = content.real
            case 3: attribute.integer = content.integer
            case 4: attribute.text = content.text(in: bytes)
            case 5: attribute.tensor = try OnnxTensor(bytes, content.range)
            case 7 where content.range.count > 4 * Self.mostNumbers,
                8 where content.range.count > 10 * Self.mostNumbers:
                throw tooLong
            case 7:
                try OnnxTensor.list(bytes, content, width: 4) {
                    attribute.reals.append(Float(bitPattern: UInt32(truncatingIfNeeded: $0)))
                }
            case 8:
                try OnnxTensor.list(bytes, content, width: 0) { attribute.integers.append(Int(truncatingIfNeeded: $0)) }
            default: break
            }
            guard attribute.reals.count + attribute.integers.count <= Self.mostNumbers else { throw tooLong }
        }
        return (name, attribute)
    }

    private var tooLong: FormatError { FormatError("an attribute with a longer list of numbers than any has") }

    private func port(_ range: Range<Int>) throws(FormatError) -> Port {
        var port = Port()
        var reader = ProtobufReader(bytes, range)
        while let (field, content) = try reader.next() {
            if field == 1 { port.name = content.text(in: bytes) }
            if field == 2 { port.shape = try shape(try message(1, in: content.range)) }
        }
        return port
    }

    /// The extents of a tensor's type.
    private func shape(_ type: Range<Int>) throws(FormatError) -> [Int?] {
        var shape: [Int?] = []
        var reader = ProtobufReader(bytes, try message(2, in: type))
        while let (field, content) = try reader.next() {
            guard field == 1 else { continue }
            var extent: Int?
            var dimension = ProtobufReader(bytes, content.range)
            while let (field, content) = try dimension.next() {
                if field == 1, content.integer > 0 { extent = content.integer }
            }
            shape.append(extent)
            guard shape.count <= StoredTensor.mostDimensions else { throw StoredTensor.tooManyDimensions }
        }
        return shape
    }

    /// Where the message in a field of a message lies; empty if there is none.
    private func message(_ number: Int, in range: Range<Int>) throws(FormatError) -> Range<Int> {
        var reader = ProtobufReader(bytes, range)
        while let (field, content) = try reader.next() {
            if field == number { return content.range }
        }
        return 0..<0
    }
}
