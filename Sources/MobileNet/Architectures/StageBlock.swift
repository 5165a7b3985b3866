/// Block of a network whose stages mix kinds of blocks: MobileNetV4 and MobileNetEdgeTPU. All activations are ReLU.
enum StageBlock {
    /// Convolution with normalization and activation.
    case convolution(kernel: Int, stride: Int, outputs: Int)
    /// Fused inverted bottleneck: a convolution that expands, and a 1×1 convolution that projects.
    case fused(kernel: Int, stride: Int, expansion: Int, outputs: Int)
    /// Inverted residual block. `hasSum` tells whether the input is added, if the shapes allow it.
    case inverted(kernel: Int, stride: Int, expansion: Int, outputs: Int, hasSum: Bool)
    /// Universal inverted bottleneck.
    case universal(UniversalInvertedBottleneck)
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
    /// Appends the blocks of all stages, named `blocks.0` and so on through all stages.
    mutating func append(
        _ stages: [[StageBlock]], style: ConvolutionStyle, to input: Value
    ) throws(GraphError) -> Value {
        var value = input
        for (index, block) in stages.flatMap({ $0 }).enumerated() {
            value = try append(block, named: "blocks.\(index)", style: style, to: value)
        }
        return value
    }

    private mutating func append(
        _ block: StageBlock, named name: String, style: ConvolutionStyle, to input: Value
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
        case .inverted(let kernel, let stride, let expansion, let outputs, let hasSum):
            let block = InvertedResidual(
                name: name, kernel: kernel, stride: stride, expanded: self[input].shape.channels * expansion,
                output: outputs, squeezed: nil, hasSum: hasSum, activation: .relu)
            return try append(block, style: style, to: input)
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
