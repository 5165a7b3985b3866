/// Parts of an ONNX file that the importer needs.
///
/// The fields are those of onnx/onnx.proto, <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3>.
struct OnnxFile {
    /// Operation of the network.
    struct Node {
        var name = ""
        /// Operator, such as `Conv`.
        var operation = ""
        /// Domain of the operator; empty for ONNX's own.
        var domain = ""
        /// Names of values; empty for an optional input that is missing.
        var inputs: [String] = []
        var outputs: [String] = []
        var attributes: [String: Attribute] = [:]
    }

    /// Attribute of a node. The property of its type is set.
    struct Attribute {
        var float: Float = 0
        var integer = 0
        var text = ""
        var tensor: OnnxTensor?
        var floats: [Float] = []
        var integers: [Int] = []
    }

    /// Input or output of the network.
    struct Port {
        var name = ""
        /// Extents; `nil` for one that the file leaves open.
        var shape: [Int?] = []
    }

    let bytes: [UInt8]
    /// Version of the operator set; 0 if unknown.
    private(set) var version = 0
    /// Program that wrote the file.
    private(set) var producer = ""
    private(set) var nodes: [Node] = []
    private(set) var weights: [String: OnnxTensor] = [:]
    private(set) var inputs: [Port] = []
    private(set) var outputs: [Port] = []
    /// Notes of the program that wrote the file.
    private(set) var metadata: [String: String] = [:]

    private static let mostNodes = 8192
    private static let mostNames = 256
    private static let mostAttributes = 64
    /// Upper limit of the elements of an attribute's list.
    private static let mostListElements = 1 << 16
    /// Upper limit of the names and attributes of all nodes together.
    private static let mostParts = 1 << 18

    private var parts = 0

    /// Whether the bytes start like an ONNX file. The format has no signature: its first fields are recognized.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 2, bytes[0] == 0x08, bytes[1] < 64 else { return false }
        // Producer, domain, documentation, graph, or operator set follow.
        return [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42].contains(bytes[2])
    }

    /// - Throws: ``FormatError`` if the file is malformed or exceeds a limit.
    init(_ bytes: [UInt8]) throws(FormatError) {
        self.bytes = bytes
        var reader = ProtobufReader(bytes)
        var graph: Range<Int>?
        while let (field, content) = try reader.next() {
            switch field {
            case 2: producer = content.text(in: bytes)
            case 7: graph = content.range
            case 8: try readVersion(content.range)
            case 14: try readMetadata(content.range)
            default: break
            }
        }
        guard let graph else { throw FormatError("no ONNX file, or one without a network") }
        try read(graph)
    }

    /// Creates the parts of a network that another format describes with the operations of ONNX.
    ///
    /// - Parameters:
    ///   - bytes: bytes that the weights lie in.
    ///   - version: version of the operator set.
    init(
        nodes: [Node], weights: [String: OnnxTensor], inputs: [Port], outputs: [Port], bytes: [UInt8], version: Int,
        producer: String
    ) throws(FormatError) {
        guard nodes.count <= Self.mostNodes, weights.count <= Self.mostNodes else {
            throw FormatError("more operations, or weights, than any network of this family has")
        }
        self.bytes = bytes
        self.nodes = nodes
        self.weights = weights
        self.inputs = inputs
        self.outputs = outputs
        self.version = version
        self.producer = producer
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

    private mutating func readMetadata(_ range: Range<Int>) throws(FormatError) {
        var reader = ProtobufReader(bytes, range)
        var (key, value) = ("", "")
        while let (field, content) = try reader.next() {
            if field == 1 { key = content.text(in: bytes) }
            if field == 2 { value = content.text(in: bytes) }
        }
        if metadata.count < Self.mostNames { metadata[key] = value }
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
            case 15: throw FormatError("not supported: sparse weights")
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
                throw FormatError("an operation has more inputs, outputs or attributes than any network of this family")
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
            case 2: attribute.float = content.float
            case 3: attribute.integer = content.integer
            case 4: attribute.text = content.text(in: bytes)
            case 5: attribute.tensor = try OnnxTensor(bytes, content.range)
            case 7 where content.range.count > 4 * Self.mostListElements,
                8 where content.range.count > 10 * Self.mostListElements:
                throw tooLong
            case 7:
                try OnnxTensor.list(bytes, content, width: 4) {
                    attribute.floats.append(Float(bitPattern: UInt32(truncatingIfNeeded: $0)))
                }
            case 8:
                try OnnxTensor.list(bytes, content, width: 0) { attribute.integers.append(Int(truncatingIfNeeded: $0)) }
            default: break
            }
            guard attribute.floats.count + attribute.integers.count <= Self.mostListElements else { throw tooLong }
        }
        return (name, attribute)
    }

    private var tooLong: FormatError { FormatError("an attribute has a longer list than any network of this family") }

    private func port(_ range: Range<Int>) throws(FormatError) -> Port {
        var port = Port()
        var reader = ProtobufReader(bytes, range)
        while let (field, content) = try reader.next() {
            if field == 1 { port.name = content.text(in: bytes) }
            if field == 2 { port.shape = try shape(try message(1, in: content.range)) }
        }
        return port
    }

    /// Returns the shape in a message of a tensor's type.
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

    /// Returns the byte range of the first embedded message with a field number; empty if there is none.
    private func message(_ number: Int, in range: Range<Int>) throws(FormatError) -> Range<Int> {
        var reader = ProtobufReader(bytes, range)
        while let (field, content) = try reader.next() {
            if field == number { return content.range }
        }
        return 0..<0
    }
}

extension OnnxFile {
    /// Labels of the classes in the notes of the file: separated by commas, or, by OpenVINO's tools, by spaces.
    var labels: [String]? {
        if let text = metadata["labels"] {
            return text.split(separator: ",").map { String(Attribute.trimmed($0)) }
        }
        return metadata["model_info labels"].map { OpenVINOFile.labels($0) }
    }

    /// Order of the input's channels, if the note on the input begins with it.
    var colours: InputNormalization.Colours? {
        metadata["input"]?.split(separator: " ").first
            .flatMap { InputNormalization.Colours(rawValue: $0.lowercased()) }
    }
}
