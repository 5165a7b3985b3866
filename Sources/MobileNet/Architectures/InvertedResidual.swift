/// Inverted residual block with a linear bottleneck (MobileNetV2, Sandler et al., 2018) and optional
/// squeeze-and-excitation (MobileNetV3, Howard et al., 2019, section 5.3).
///
///     x ── 1×1 expand ── k×k depthwise ── (mean ── squeeze ── excite ── ×) ── 1×1 project ── (+ x)
struct InvertedResidual {
    /// Prefix of the layers' names, such as `blocks.3`.
    var name: String
    /// Height and width of the depthwise kernel.
    var kernel: Int
    var stride: Int
    /// Channels between expansion and projection. The block has no expansion if the input has the same number.
    var expanded: Int
    /// Channels of the output.
    var output: Int
    /// Channels of the squeezed vector; `nil` for a block without squeeze-and-excitation.
    var squeezed: Int?
    /// Whether the input is added to the output if their shapes are the same.
    var hasSum = true
    /// Activation after the expansion and after the depthwise convolution.
    var activation: Activation
}

extension Graph {
    /// Appends a convolution, batch normalization and the activation.
    mutating func appendConvolution(
        _ name: String, outputs: Int, kernel: KernelGeometry, activation: Activation, style: ConvolutionStyle,
        to input: Value
    ) throws(GraphError) -> Value {
        let layer = Layer.convolution(outputs: outputs, kernel: kernel, bias: false)
        let value = try add(layer, named: name, to: input)
        return try appendNormalization(name, activation: activation, style: style, to: value)
    }

    /// Appends a depthwise convolution, batch normalization and the activation.
    mutating func appendDepthwise(
        _ name: String, kernel: KernelGeometry, activation: Activation, style: ConvolutionStyle, to input: Value
    ) throws(GraphError) -> Value {
        let value = try add(.depthwise(kernel: kernel, bias: false), named: name, to: input)
        return try appendNormalization(name, activation: activation, style: style, to: value)
    }

    /// Appends the end of a network: global average pooling and a fully connected layer.
    mutating func appendClassifier(classes: Int, to input: Value) throws(GraphError) {
        let value = try add(.globalAveragePool, named: "head.mean", to: input)
        _ = try add(.dense(outputs: classes), named: "classifier", to: value)
    }

    /// Appends a block. The input is added to the output if their shapes are the same.
    mutating func append(
        _ block: InvertedResidual, style: ConvolutionStyle, to input: Value
    ) throws(GraphError) -> Value {
        var value = input
        if block.expanded != self[input].shape.channels {
            value = try appendConvolution(
                block.name + ".expand", outputs: block.expanded, kernel: .pixel,
                activation: block.activation, style: style, to: value)
        }
        let kernel = KernelGeometry(size: block.kernel, stride: block.stride, padding: style.padding)
        value = try appendDepthwise(
            block.name + ".depthwise", kernel: kernel, activation: block.activation, style: style, to: value)
        if let squeezed = block.squeezed {
            value = try appendSqueezeExcitation(block.name, squeezed: squeezed, to: value)
        }
        value = try appendConvolution(
            block.name + ".project", outputs: block.output, kernel: .pixel,
            activation: .linear, style: style, to: value)
        guard block.hasSum, self[value].shape == self[input].shape else { return value }
        return try add(.add, named: block.name + ".sum", to: value, input)
    }

    /// Appends squeeze-and-excitation (Hu et al., 2018): each channel is multiplied by a factor that is computed from
    /// the means of all channels.
    private mutating func appendSqueezeExcitation(
        _ name: String, squeezed: Int, to input: Value
    ) throws(GraphError) -> Value {
        let channels = self[input].shape.channels
        var gate = try add(.globalAveragePool, named: name + ".mean", to: input)
        gate = try add(.dense(outputs: squeezed), named: name + ".squeeze", to: gate)
        gate = try add(.activation(.relu), named: name + ".squeeze.relu", to: gate)
        gate = try add(.dense(outputs: channels), named: name + ".excite", to: gate)
        gate = try add(.activation(.hardSigmoid), named: name + ".excite.gate", to: gate)
        return try add(.multiply, named: name + ".scale", to: input, gate)
    }

    private mutating func appendNormalization(
        _ name: String, activation: Activation, style: ConvolutionStyle, to input: Value
    ) throws(GraphError) -> Value {
        let value = try add(.normalization(epsilon: style.epsilon), named: name + ".norm", to: input)
        guard activation != .linear else { return value }
        return try add(.activation(activation), named: "\(name).\(activation)", to: value)
    }
}

/// Rounds a scaled channel count to the nearest multiple of 8 that is at least 0.9 times the count.
///
/// This is the rounding of the papers. Multiples of 8 fill the vectors of every machine.
func roundedToEight(_ channels: Double) -> Int {
    let rounded = max(8, Int(channels + 4) / 8 * 8)
    return Double(rounded) < 0.9 * channels ? rounded + 8 : rounded
}
