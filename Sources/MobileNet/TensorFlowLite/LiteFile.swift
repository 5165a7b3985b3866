/// The parts of a TensorFlow Lite file that an importer needs: one subgraph's operators, tensors and their contents.
///
/// tensorflow/compiler/mlir/lite/schema/schema.fbs; the numbers of fields are those of their order there.
struct LiteFile {
    let bytes: [UInt8]
    /// In the order in which they run.
    let operators: [Operator]
    /// The numbers of the tensors that the network reads and that it computes.
    let inputs: [Int]
    let outputs: [Int]
    private let tensorTables: FlatVector<UInt32>
    private let buffers: FlatVector<UInt32>
    /// What the file says of itself, as a FlatBuffers file of its own.
    let metadata: Range<Int>

    struct Operator {
        /// As messages give it.
        var name: String
        /// The number of the tensor for each input; `nil` for one that is left out.
        var inputs: [Int?]
        var outputs: [Int]
        var options: FlatTable?
        var customOptions: Range<Int>
    }

    private static let identifier = Array("TFL3".utf8)
    private static let mostOperators = 4096
    private static let mostTensors = 32768
    private static let mostInputs = 256

    /// Whether the bytes begin like a file of TensorFlow Lite.
    static func recognizes(_ bytes: [UInt8]) -> Bool { bytes.count >= 8 && bytes[4..<8].elementsEqual(identifier) }

    /// - Throws: ``FormatError`` if it is damaged.
    init(_ bytes: [UInt8]) throws(FormatError) {
        let model = try FlatTable.root(of: bytes)
        let subgraphs = try model.tables(2)
        guard subgraphs.count == 1 else {
            throw FormatError("\(subgraphs.count) subgraphs; a network without branches and loops has one")
        }
        self.bytes = bytes
        let subgraph = try subgraphs.table(0)
        buffers = try model.tables(4)
        tensorTables = try subgraph.tables(0)
        guard tensorTables.count <= Self.mostTensors else {
            throw FormatError("\(tensorTables.count) tensors are too many")
        }
        inputs = try subgraph.numbers(1, of: Int32.self).items(atMost: Self.mostInputs).map(Int.init)
        outputs = try subgraph.numbers(2, of: Int32.self).items(atMost: Self.mostInputs).map(Int.init)
        operators = try Self.operators(subgraph, names: try Self.operatorNames(model))
        metadata = try Self.metadata(model, buffers)
    }

    private static func operatorNames(_ model: FlatTable) throws(FormatError) -> [String] {
        let codes = try model.tables(1)
        guard codes.count <= mostOperators else { throw FormatError("\(codes.count) kinds of operators are too many") }
        let custom = 32
        var names: [String] = []
        for index in 0..<codes.count {
            let table = try codes.table(index)
            // Files before the schema's version 3a have the number in a byte, later ones in both.
            let code = max(Int(try table.number(0, default: Int8(0))), Int(try table.number(3, default: Int32(0))))
            names.append(code == custom ? try table.text(1) : LiteOperator.name(of: code))
        }
        return names
    }

    private static func operators(_ subgraph: FlatTable, names: [String]) throws(FormatError) -> [Operator] {
        let tables = try subgraph.tables(3)
        guard tables.count <= mostOperators else { throw FormatError("\(tables.count) operators are too many") }
        var operators: [Operator] = []
        for index in 0..<tables.count {
            let table = try tables.table(index)
            let code = Int(try table.number(0, default: UInt32(0)))
            guard names.indices.contains(code) else { throw FormatError("operator \(index + 1) is of no known kind") }
            let inputs = try table.numbers(1, of: Int32.self).items(atMost: mostInputs)
            operators.append(
                Operator(
                    name: names[code], inputs: inputs.map { $0 < 0 ? nil : Int($0) },
                    outputs: try table.numbers(2, of: Int32.self).items(atMost: mostInputs).map(Int.init),
                    options: try table.table(4), customOptions: try table.stretch(5, size: 1)))
        }
        return operators
    }

    /// The bytes of the entry called TFLITE_METADATA; none if there is none.
    private static func metadata(_ model: FlatTable, _ buffers: FlatVector<UInt32>) throws(FormatError) -> Range<Int> {
        let entries = try model.tables(6)
        for index in 0..<min(entries.count, mostInputs) {
            let entry = try entries.table(index)
            guard try entry.text(0) == "TFLITE_METADATA" else { continue }
            return try buffers.table(Int(try entry.number(1, default: UInt32(0)))).stretch(0, size: 1)
        }
        return 0..<0
    }

    /// A tensor, by its number.
    ///
    /// - Throws: ``FormatError`` if there is none, or it is damaged.
    func tensor(_ index: Int) throws(FormatError) -> LiteTensor {
        let table = try tensorTables.table(index)
        let shape = try table.numbers(0, of: Int32.self).items(atMost: StoredTensor.mostDimensions).map(Int.init)
        guard shape.allSatisfy({ $0 >= 0 }) else { throw FormatError("tensor \(index) has the shape \(shape)") }
        let type = try table.number(1, default: Int8(0))
        let buffer = Int(try table.number(2, default: UInt32(0)))
        return LiteTensor(
            name: try table.text(3), shape: shape, type: LiteTensor.ElementType(rawValue: type),
            data: buffer == 0 ? 0..<0 : try buffers.table(buffer).stretch(0, size: 1),
            scales: try table.table(4)?.numbers(2, of: UInt32.self),
            zeroPoints: try table.table(4)?.numbers(3, of: Int64.self))
    }
}
