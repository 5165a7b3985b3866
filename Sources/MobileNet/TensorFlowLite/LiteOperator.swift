/// What the numbers of operators in TensorFlow Lite's schema mean.
enum LiteOperator {
    /// The names, from number 0 on, as messages give them.
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

/// An activation function that an operator carries along.
enum LiteActivation: Int8 {
    case none = 0
    case relu = 1
    case reluN1To1 = 2
    case relu6 = 3

    /// The bounds that it clamps to.
    var bounds: (lower: Float, upper: Float) {
        switch self {
        case .none: (-.infinity, .infinity)
        case .relu: (0, .infinity)
        case .reluN1To1: (-1, 1)
        case .relu6: (0, 6)
        }
    }
}
