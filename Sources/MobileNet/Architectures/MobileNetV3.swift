/// MobileNetV3 (Howard et al., "Searching for MobileNetV3", 2019), layer for layer as the paper's
/// tables 1 and 2 have it and as torchvision's weights expect it.
struct MobileNetV3 {
    /// One row of the paper's tables.
    struct Row {
        /// Height and width of the depthwise window.
        var kernel: Int
        /// "exp size": channels after the expansion.
        var expanded: Int
        /// "#out": channels of the output.
        var output: Int
        /// "SE": whether there is squeeze-and-excitation.
        var squeeze: Bool
        /// "NL": the non-linearity.
        var activation: Activation
        /// "s": the stride.
        var stride: Int

        init(_ kernel: Int, _ expanded: Int, _ output: Int, _ squeeze: Bool, _ activation: Activation, _ stride: Int) {
            self.kernel = kernel
            self.expanded = expanded
            self.output = output
            self.squeeze = squeeze
            self.activation = activation
            self.stride = stride
        }
    }

    var rows: [Row]
    /// Channels of the first convolution.
    var stem: Int
    /// Channels of the first layer of the head that has no batch normalisation ("NBN").
    var hidden: Int

    /// Table 1.
    static let large = MobileNetV3(
        rows: [
            Row(3, 16, 16, false, .relu, 1),
            Row(3, 64, 24, false, .relu, 2),
            Row(3, 72, 24, false, .relu, 1),
            Row(5, 72, 40, true, .relu, 2),
            Row(5, 120, 40, true, .relu, 1),
            Row(5, 120, 40, true, .relu, 1),
            Row(3, 240, 80, false, .hardSwish, 2),
            Row(3, 200, 80, false, .hardSwish, 1),
            Row(3, 184, 80, false, .hardSwish, 1),
            Row(3, 184, 80, false, .hardSwish, 1),
            Row(3, 480, 112, true, .hardSwish, 1),
            Row(3, 672, 112, true, .hardSwish, 1),
            Row(5, 672, 160, true, .hardSwish, 2),
            Row(5, 960, 160, true, .hardSwish, 1),
            Row(5, 960, 160, true, .hardSwish, 1),
        ],
        stem: 16, hidden: 1280)

    /// Table 2.
    static let small = MobileNetV3(
        rows: [
            Row(3, 16, 16, true, .relu, 2),
            Row(3, 72, 24, false, .relu, 2),
            Row(3, 88, 24, false, .relu, 1),
            Row(5, 96, 40, true, .hardSwish, 2),
            Row(5, 240, 40, true, .hardSwish, 1),
            Row(5, 240, 40, true, .hardSwish, 1),
            Row(5, 120, 48, true, .hardSwish, 1),
            Row(5, 144, 48, true, .hardSwish, 1),
            Row(5, 288, 96, true, .hardSwish, 2),
            Row(5, 576, 96, true, .hardSwish, 1),
            Row(5, 576, 96, true, .hardSwish, 1),
        ],
        stem: 16, hidden: 1024)

    /// The network for square images of `resolution` pixels.
    func graph(width: Double, resolution: Int, classes: Int) throws(GraphError) -> Graph {
        let style = ConvolutionStyle(padding: .symmetric, epsilon: 1e-3)
        var graph = Graph(input: Shape(channels: 3, height: resolution, width: resolution))
        var value = try graph.appendConvolution(
            "stem", outputs: scaled(stem, by: width), window: Window(size: 3, stride: 2),
            activation: .hardSwish, style: style, to: graph.input)
        for (index, row) in rows.enumerated() {
            value = try graph.append(block(row, index: index, width: width), style: style, to: value)
        }
        value = try graph.appendConvolution(
            "head", outputs: 6 * graph[value].shape.channels, window: .pixel,
            activation: .hardSwish, style: style, to: value)
        value = try graph.add(.globalMean, named: "head.mean", to: value)
        value = try graph.add(.dense(outputs: scaled(hidden, by: width)), named: "hidden", to: value)
        value = try graph.add(.activation(.hardSwish), named: "hidden.hardSwish", to: value)
        _ = try graph.add(.dense(outputs: classes), named: "classifier", to: value)
        return graph
    }

    private func block(_ row: Row, index: Int, width: Double) -> InvertedResidual {
        let expanded = scaled(row.expanded, by: width)
        return InvertedResidual(
            name: "blocks.\(index)", kernel: row.kernel, stride: row.stride,
            expanded: expanded, output: scaled(row.output, by: width),
            // A quarter of the expansion (section 5.3).
            squeezed: row.squeeze ? roundedToEight(Double(expanded / 4)) : nil,
            activation: row.activation)
    }

    private func scaled(_ channels: Int, by width: Double) -> Int { roundedToEight(Double(channels) * width) }
}
