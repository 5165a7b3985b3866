/// Parts of a TensorFlow Lite file that the importer needs: the operators and tensors of its subgraph.
///
/// Indices of fields are those of their order in tensorflow/compiler/mlir/lite/schema/schema.fbs.
struct TensorFlowLiteFile {
    let bytes: [UInt8]
    /// Operators in the order of execution.
    let operators: [Operator]
    /// Indices of the network's input tensors.
    let inputs: [Int]
    /// Indices of the network's output tensors.
    let outputs: [Int]
    private let tensorTables: FlatVector<UInt32>
    private let buffers: FlatVector<UInt32>
    /// Byte range of the metadata, which are a FlatBuffers file of their own; empty if there are none.
    let metadata: Range<Int>

    struct Operator {
        /// Name for error messages.
        var name: String
        /// Index of the tensor of each input; `nil` for an optional input that is missing.
        var inputs: [Int?]
        var outputs: [Int]
        var options: FlatTable?
        var customOptions: Range<Int>
    }

    private static let identifier = Array("TFL3".utf8)
    private static let mostOperators = 4096
    private static let mostTensors = 32768
    private static let mostInputs = 256

    /// Whether the bytes start with the signature of TensorFlow Lite.
    static func recognizes(_ bytes: [UInt8]) -> Bool { bytes.count >= 8 && bytes[4..<8].elementsEqual(identifier) }

    /// - Throws: ``FormatError`` if the file is malformed or exceeds a limit.
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
        inputs = try subgraph.vector(1, of: Int32.self).items(atMost: Self.mostInputs).map(Int.init)
        outputs = try subgraph.vector(2, of: Int32.self).items(atMost: Self.mostInputs).map(Int.init)
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
            // Files before version 3a of the schema have the code only in an 8-bit field, later ones in both fields.
            let code = max(Int(try table.number(0, default: Int8(0))), Int(try table.number(3, default: Int32(0))))
            names.append(code == custom ? try table.text(1) : TensorFlowLiteOperator.name(of: code))
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
            guard names.indices.contains(code) else { throw FormatError("operator \(index + 1) is of an unknown kind") }
            let inputs = try table.vector(1, of: Int32.self).items(atMost: mostInputs)
            operators.append(
                Operator(
                    name: names[code], inputs: inputs.map { $0 < 0 ? nil : Int($0) },
                    outputs: try table.vector(2, of: Int32.self).items(atMost: mostInputs).map(Int.init),
                    options: try table.table(4), customOptions: try table.byteRange(5, size: 1)))
        }
        return operators
    }

    /// Returns the byte range of the entry `TFLITE_METADATA`; empty if there is none.
    private static func metadata(_ model: FlatTable, _ buffers: FlatVector<UInt32>) throws(FormatError) -> Range<Int> {
        let entries = try model.tables(6)
        for index in 0..<min(entries.count, mostInputs) {
            let entry = try entries.table(index)
            guard try entry.text(0) == "TFLITE_METADATA" else { continue }
            return try buffers.table(Int(try entry.number(1, default: UInt32(0)))).byteRange(0, size: 1)
        }
        return 0..<0
    }

    /// Returns a tensor by its index.
    ///
    /// - Throws: ``FormatError`` if the index is out of range or the tensor is malformed.
    func tensor(_ index: Int) throws(FormatError) -> TensorFlowLiteTensor {
        let table = try tensorTables.table(index)
        let shape = try table.vector(0, of: Int32.self).items(atMost: StoredTensor.mostDimensions).map(Int.init)
        guard shape.allSatisfy({ $0 >= 0 }) else { throw FormatError("tensor \(index) has the shape \(shape)") }
        let type = try table.number(1, default: Int8(0))
        let buffer = Int(try table.number(2, default: UInt32(0)))
        return TensorFlowLiteTensor(
            name: try table.text(3), shape: shape, type: TensorFlowLiteTensor.ElementType(rawValue: type),
            data: buffer == 0 ? 0..<0 : try buffers.table(buffer).byteRange(0, size: 1),
            scales: try table.table(4)?.vector(2, of: UInt32.self),
            zeroPoints: try table.table(4)?.vector(3, of: Int64.self))
    }
}

/// Builtin operators of TensorFlow Lite's schema.
enum TensorFlowLiteOperator {
    /// Names of the operators, by code.
    private static let names = """
        Add AveragePool2D Concatenation Conv2D DepthwiseConv2D DepthToSpace Dequantize EmbeddingLookup Floor
        FullyConnected HashtableLookup L2Normalization L2Pool2D LocalResponseNormalization Logistic LshProjection Lstm
        MaxPool2D Mul Relu ReluN1To1 Relu6 Reshape ResizeBilinear Rnn Softmax SpaceToDepth Svdf Tanh ConcatEmbeddings
        SkipGram Call Custom EmbeddingLookupSparse Pad UnidirectionalSequenceRnn Gather BatchToSpaceNd SpaceToBatchNd
        Transpose Mean Sub Div Squeeze UnidirectionalSequenceLstm StridedSlice BidirectionalSequenceRnn Exp TopkV2 Split
        LogSoftmax Delegate BidirectionalSequenceLstm Cast Prelu Maximum ArgMax Minimum Less Neg Padv2 Greater
        GreaterEqual LessEqual Select Slice Sin TransposeConv SparseToDense Tile ExpandDims Equal NotEqual Log Sum Sqrt
        Rsqrt Shape Pow ArgMin FakeQuant ReduceProd ReduceMax Pack LogicalOr OneHot LogicalAnd LogicalNot Unpack
        ReduceMin FloorDiv ReduceAny Square ZerosLike Fill FloorMod Range ResizeNearestNeighbor LeakyRelu
        SquaredDifference MirrorPad Abs SplitV Unique Ceil ReverseV2 AddN GatherNd Cos Where Rank Elu ReverseSequence
        MatrixDiag Quantize MatrixSetDiag Round HardSwish If While NonMaxSuppressionV4 NonMaxSuppressionV5 ScatterNd
        SelectV2 Densify SegmentSum BatchMatmul PlaceholderForGreaterOpCodes Cumsum CallOnce BroadcastTo Rfft2d Conv3D
        Imag Real ComplexAbs Hashtable HashtableFind HashtableImport HashtableSize ReduceAll Conv3DTranspose VarHandle
        ReadVariable AssignVariable BroadcastArgs RandomStandardNormal Bucketize RandomUniform Multinomial Gelu
        DynamicUpdateSlice Relu0To1 UnsortedSegmentProd UnsortedSegmentMax UnsortedSegmentSum Atan2 UnsortedSegmentMin
        Sign Bitcast BitwiseXor RightShift StablehloLogistic StablehloAdd StablehloDivide StablehloMultiply
        StablehloMaximum StablehloReshape StablehloClamp StablehloConcatenate StablehloBroadcastInDim
        StablehloConvolution StablehloSlice StablehloCustomCall StablehloReduce StablehloAbs StablehloAnd
        StablehloCosine StablehloExponential StablehloFloor StablehloLog StablehloMinimum StablehloNegate StablehloOr
        StablehloPower StablehloRemainder StablehloRsqrt StablehloSelect StablehloSubtract StablehloTanh
        StablehloScatter StablehloCompare StablehloConvert StablehloDynamicSlice StablehloDynamicUpdateSlice
        StablehloPad StablehloIota StablehloDotGeneral StablehloReduceWindow StablehloSort StablehloWhile
        StablehloGather StablehloTranspose Dilate StablehloRngBitGenerator ReduceWindow StablehloComposite
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    static func name(of code: Int) -> String { names.indices.contains(code) ? names[code] : "operator \(code)" }
}

/// Fused activation function of an operator.
enum TensorFlowLiteActivation: Int8 {
    case none = 0
    case relu = 1
    case reluN1To1 = 2
    case relu6 = 3

    /// Bounds of the clamp.
    var bounds: (lower: Float, upper: Float) {
        switch self {
        case .none: (-.infinity, .infinity)
        case .relu: (0, .infinity)
        case .reluN1To1: (-1, 1)
        case .relu6: (0, 6)
        }
    }
}
