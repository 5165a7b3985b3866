/// MobileNetV2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018), in the rows of table 2
/// of the paper.
struct MobileNetV2 {
    /// Row of the table: n equal blocks. Only the first block has the stride.
    struct Row {
        /// "t": ratio of the channels after the expansion to the input channels.
        var expansion: Int
        /// "c": channels of the output.
        var output: Int
        /// "n": number of blocks.
        var repeats: Int
        /// "s": stride of the first block.
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
    /// Whether the first and the last convolution are the same at any width.
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

    /// Returns a deeper network, whose stages are scaled as those of EfficientNet.
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
        // Widths below 1 do not apply to the last convolution (section 6.1).
        value = try graph.appendConvolution(
            "head", outputs: keepsEnds ? head : roundedToEight(Double(head) * max(1, width)), kernel: .pixel,
            activation: .relu6, style: style, to: value)
        try graph.appendClassifier(classes: input.classes, to: value)
        return graph
    }
}
