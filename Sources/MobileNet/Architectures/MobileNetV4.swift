/// MobileNetV4-Conv-Small, -Medium and -Large (Qin et al., "MobileNetV4: Universal models for the mobile ecosystem", 2024,
/// tables 11 to 13).
struct MobileNetV4 {
    /// Block of the paper's tables.
    enum Block {
        /// Convolution with normalization and activation.
        case convolution(kernel: Int, stride: Int, outputs: Int)
        /// Fused inverted bottleneck: a convolution that expands, and a 1×1 convolution that projects.
        case fused(kernel: Int, stride: Int, expansion: Int, outputs: Int)
        /// Universal inverted bottleneck. A kernel of 0 stands for no depthwise convolution at that place.
        case universal(UniversalInvertedBottleneck)
    }

    /// Blocks of each stage.
    let stages: [[Block]]
    /// Channels of the first convolution.
    let stem: Int

    /// - Precondition: the family is a MobileNetV4.
    init(_ family: Architecture.Family) {
        switch family {
        case .mobileNetV4ConvSmall: self = .convSmall
        case .mobileNetV4ConvMedium: self = .convMedium
        case .mobileNetV4ConvLarge: self = .convLarge
        default: preconditionFailure("\(family) is no MobileNetV4")
        }
    }

    private init(stem: Int, stages: [[[Block]]]) {
        self.stem = stem
        self.stages = stages.map { $0.flatMap { $0 } }
    }

    func graph(style: ConvolutionStyle, _ input: InputSize) throws(GraphError) -> Graph {
        var graph = Graph(input: input.shape)
        var value = try graph.appendConvolution(
            "stem", outputs: stem, kernel: KernelGeometry(size: 3, stride: 2, padding: style.padding),
            activation: .relu, style: style, to: graph.input)
        for (index, block) in stages.flatMap({ $0 }).enumerated() {
            value = try graph.append(block, named: "blocks.\(index)", style: style, to: value)
        }
        value = try graph.appendConvolution(
            "head", outputs: 960, kernel: .pixel, activation: .relu, style: style, to: value)
        value = try graph.add(.globalAveragePool, named: "head.mean", to: value)
        value = try graph.appendConvolution(
            "hidden", outputs: 1280, kernel: .pixel, activation: .relu, style: style, to: value)
        _ = try graph.add(.dense(outputs: input.classes), named: "classifier", to: value)
        return graph
    }
}

/// Universal inverted bottleneck: an inverted bottleneck with an optional depthwise convolution before the expansion, and an
/// optional one behind it.
///
///     x ── (depthwise) ── 1×1 expand ── (depthwise) ── 1×1 project ── (+ x)
///
/// With both it is the paper's ExtraDW, with the second an inverted bottleneck, with the first a ConvNeXt block, with none a
/// feed-forward network.
struct UniversalInvertedBottleneck {
    /// Height and width of the kernel before the expansion; 0 for none.
    var start: Int
    /// Height and width of the kernel behind the expansion; 0 for none.
    var middle: Int
    /// Stride of the second depthwise convolution, or of the first if there is no second.
    var stride: Int
    /// Ratio of the channels behind the expansion to those of the input.
    var expansion: Int
    /// Channels of the output.
    var outputs: Int
}

extension Graph {
    fileprivate mutating func append(
        _ block: MobileNetV4.Block, named name: String, style: ConvolutionStyle, to input: Value
    ) throws(GraphError) -> Value {
        switch block {
        case .convolution(let size, let stride, let outputs):
            return try appendConvolution(
                name + ".convolution", outputs: outputs,
                kernel: KernelGeometry(size: size, stride: stride, padding: style.padding), activation: .relu,
                style: style, to: input)
        case .fused(let size, let stride, let expansion, let outputs):
            let expanded = try appendConvolution(
                name + ".expand", outputs: self[input].shape.channels * expansion,
                kernel: KernelGeometry(size: size, stride: stride, padding: style.padding), activation: .relu,
                style: style, to: input)
            return try project(expanded, outputs, named: name, style: style, adding: input)
        case .universal(let bottleneck):
            return try append(bottleneck, named: name, style: style, to: input)
        }
    }

    private mutating func append(
        _ block: UniversalInvertedBottleneck, named name: String, style: ConvolutionStyle, to input: Value
    ) throws(GraphError) -> Value {
        var value = input
        if block.start > 0 {
            let stride = block.middle > 0 ? 1 : block.stride
            value = try appendDepthwise(
                name + ".start", kernel: KernelGeometry(size: block.start, stride: stride, padding: style.padding),
                activation: .linear, style: style, to: value)
        }
        value = try appendConvolution(
            name + ".expand", outputs: roundedToEight(Double(self[input].shape.channels * block.expansion)),
            kernel: .pixel, activation: .relu, style: style, to: value)
        if block.middle > 0 {
            value = try appendDepthwise(
                name + ".depthwise",
                kernel: KernelGeometry(size: block.middle, stride: block.stride, padding: style.padding),
                activation: .relu, style: style, to: value)
        }
        return try project(value, block.outputs, named: name, style: style, adding: input)
    }

    /// Appends the projection of a block. The input is added to the output if their shapes are the same.
    private mutating func project(
        _ value: Value, _ outputs: Int, named name: String, style: ConvolutionStyle, adding input: Value
    ) throws(GraphError) -> Value {
        let projected = try appendConvolution(
            name + ".project", outputs: outputs, kernel: .pixel, activation: .linear, style: style, to: value)
        guard self[projected].shape == self[input].shape else { return projected }
        return try add(.add, named: name + ".sum", to: projected, input)
    }
}

// MARK: - Tables

extension MobileNetV4 {
    /// Row of a table: equal blocks, of which only the first has the stride.
    private static func row(
        _ repeats: Int = 1, start: Int, middle: Int, stride: Int = 1, expansion: Int, _ outputs: Int
    ) -> [Block] {
        (0..<repeats).map { index in
            .universal(
                UniversalInvertedBottleneck(
                    start: start, middle: middle, stride: index == 0 ? stride : 1, expansion: expansion,
                    outputs: outputs))
        }
    }

    private static let convSmall = MobileNetV4(
        stem: 32,
        stages: [
            [[.convolution(kernel: 3, stride: 2, outputs: 32), .convolution(kernel: 1, stride: 1, outputs: 32)]],
            [[.convolution(kernel: 3, stride: 2, outputs: 96), .convolution(kernel: 1, stride: 1, outputs: 64)]],
            [
                row(start: 5, middle: 5, stride: 2, expansion: 3, 96), row(4, start: 0, middle: 3, expansion: 2, 96),
                row(start: 3, middle: 0, expansion: 4, 96),
            ],
            [
                row(start: 3, middle: 3, stride: 2, expansion: 6, 128), row(start: 5, middle: 5, expansion: 4, 128),
                row(start: 0, middle: 5, expansion: 4, 128), row(start: 0, middle: 5, expansion: 3, 128),
                row(2, start: 0, middle: 3, expansion: 4, 128),
            ],
        ])

    private static let convMedium = MobileNetV4(
        stem: 32,
        stages: [
            [[.fused(kernel: 3, stride: 2, expansion: 4, outputs: 48)]],
            [row(start: 3, middle: 5, stride: 2, expansion: 4, 80), row(start: 3, middle: 3, expansion: 2, 80)],
            [
                row(start: 3, middle: 5, stride: 2, expansion: 6, 160),
                row(2, start: 3, middle: 3, expansion: 4, 160), row(start: 3, middle: 5, expansion: 4, 160),
                row(start: 3, middle: 3, expansion: 4, 160), row(start: 3, middle: 0, expansion: 4, 160),
                row(start: 0, middle: 0, expansion: 2, 160), row(start: 3, middle: 0, expansion: 4, 160),
            ],
            [
                row(start: 5, middle: 5, stride: 2, expansion: 6, 256), row(start: 5, middle: 5, expansion: 4, 256),
                row(2, start: 3, middle: 5, expansion: 4, 256), row(start: 0, middle: 0, expansion: 4, 256),
                row(start: 3, middle: 0, expansion: 4, 256), row(start: 3, middle: 5, expansion: 2, 256),
                row(start: 5, middle: 5, expansion: 4, 256), row(2, start: 0, middle: 0, expansion: 4, 256),
                row(start: 5, middle: 0, expansion: 2, 256),
            ],
        ])

    private static let convLarge = MobileNetV4(
        stem: 24,
        stages: [
            [[.fused(kernel: 3, stride: 2, expansion: 4, outputs: 48)]],
            [row(start: 3, middle: 5, stride: 2, expansion: 4, 96), row(start: 3, middle: 3, expansion: 4, 96)],
            [
                row(start: 3, middle: 5, stride: 2, expansion: 4, 192),
                row(3, start: 3, middle: 3, expansion: 4, 192), row(start: 3, middle: 5, expansion: 4, 192),
                row(5, start: 5, middle: 3, expansion: 4, 192), row(start: 3, middle: 0, expansion: 4, 192),
            ],
            [
                row(4, start: 5, middle: 5, stride: 2, expansion: 4, 512),
                row(start: 5, middle: 0, expansion: 4, 512), row(start: 5, middle: 3, expansion: 4, 512),
                row(2, start: 5, middle: 0, expansion: 4, 512), row(start: 5, middle: 3, expansion: 4, 512),
                row(start: 5, middle: 5, expansion: 4, 512), row(3, start: 5, middle: 0, expansion: 4, 512),
            ],
        ])
}
