/// MobileNetV2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018), as the
/// paper's table 2 has it.
struct MobileNetV2 {
    /// One row of the table: n equal blocks, of which the first has the stride.
    struct Row {
        /// "t": channels after the expansion, per input channel.
        var expansion: Int
        /// "c": channels of the output.
        var output: Int
        /// "n": how many blocks there are.
        var repeats: Int
        /// "s": the stride of the first.
        var stride: Int

        init(_ expansion: Int, _ output: Int, _ repeats: Int, _ stride: Int) {
            self.expansion = expansion
            self.output = output
            self.repeats = repeats
            self.stride = stride
        }
    }

    var rows: [Row]
    /// Channels of the first convolution.
    var stem: Int
    /// Channels of the last convolution.
    var head: Int
    /// Whether the first and the last convolution stay as they are at any width.
    var keepsEnds = false

    /// Table 2.
    static let table = MobileNetV2(
        rows: [
            Row(1, 16, 1, 1),
            Row(6, 24, 2, 2),
            Row(6, 32, 3, 2),
            Row(6, 64, 4, 2),
            Row(6, 96, 3, 1),
            Row(6, 160, 3, 2),
            Row(6, 320, 1, 1),
        ],
        stem: 32, head: 1280)

    /// The same with more blocks in each stage, scaled as EfficientNets are.
    func deeper(_ depth: Double) -> MobileNetV2 {
        var deeper = self
        let repeats = scaledRepeats(rows.map(\.repeats), by: depth)
        for index in rows.indices { deeper.rows[index].repeats = repeats[index] }
        deeper.keepsEnds = true
        return deeper
    }

    func graph(width: Double, style: ConvolutionStyle, _ input: InputSize) throws(GraphError) -> Graph {
        var graph = Graph(input: input.shape)
        var value = try graph.appendConvolution(
            "stem", outputs: keepsEnds ? stem : roundedToEight(Double(stem) * width),
            kernel: KernelGeometry(size: 3, stride: 2, padding: style.padding), activation: .relu6, style: style,
            to: graph.input)
        var index = 0
        for row in rows {
            for repetition in 0..<row.repeats {
                let block = InvertedResidual(
                    name: "blocks.\(index)", kernel: 3, stride: repetition == 0 ? row.stride : 1,
                    expanded: graph[value].shape.channels * row.expansion,
                    output: roundedToEight(Double(row.output) * width), squeezed: nil, activation: .relu6)
                value = try graph.append(block, style: style, to: value)
                index += 1
            }
        }
        // The last convolution is not made narrower, so that there are features enough (section 6.1).
        value = try graph.appendConvolution(
            "head", outputs: keepsEnds ? head : roundedToEight(Double(head) * max(1, width)), kernel: .pixel,
            activation: .relu6, style: style, to: value)
        try graph.appendClassifier(classes: input.classes, to: value)
        return graph
    }
}
