/// EfficientNet-Lite0 (Liu, "Higher accuracy on vision models with EfficientNet-Lite", 2020):
/// EfficientNet-B0 (Tan & Le, 2019, table 1) without squeeze-and-excitation and with ReLU6.
struct EfficientNetLite {
    /// One row of the paper's table: a stage of equal blocks, of which the first has the stride.
    struct Row {
        var repeats: Int
        /// Height and width of the depthwise window.
        var kernel: Int
        var stride: Int
        /// Channels after the expansion, per input channel.
        var expansion: Int
        var output: Int

        init(_ repeats: Int, _ kernel: Int, _ stride: Int, _ expansion: Int, _ output: Int) {
            self.repeats = repeats
            self.kernel = kernel
            self.stride = stride
            self.expansion = expansion
            self.output = output
        }
    }

    var rows: [Row]
    /// Channels of the first convolution.
    var stem: Int
    /// Channels of the last convolution.
    var head: Int

    static let lite0 = EfficientNetLite(
        rows: [
            Row(1, 3, 1, 1, 16),
            Row(2, 3, 2, 6, 24),
            Row(2, 5, 2, 6, 40),
            Row(3, 3, 2, 6, 80),
            Row(3, 5, 1, 6, 112),
            Row(4, 5, 2, 6, 192),
            Row(1, 3, 1, 6, 320),
        ],
        stem: 32, head: 1280)

    /// The network for square images of `resolution` pixels.
    func graph(resolution: Int, classes: Int) throws(GraphError) -> Graph {
        let style = ConvolutionStyle(padding: .same, epsilon: 1e-3)
        var graph = Graph(input: Shape(channels: 3, height: resolution, width: resolution))
        var value = try graph.appendConvolution(
            "stem", outputs: stem, window: Window(size: 3, stride: 2, padding: .same),
            activation: .relu6, style: style, to: graph.input)
        var index = 0
        for row in rows {
            for repetition in 0..<row.repeats {
                let block = InvertedResidual(
                    name: "blocks.\(index)", kernel: row.kernel, stride: repetition == 0 ? row.stride : 1,
                    expanded: graph[value].shape.channels * row.expansion, output: row.output,
                    squeezed: nil, activation: .relu6)
                value = try graph.append(block, style: style, to: value)
                index += 1
            }
        }
        value = try graph.appendConvolution(
            "head", outputs: head, window: .pixel, activation: .relu6, style: style, to: value)
        value = try graph.add(.globalMean, named: "head.mean", to: value)
        _ = try graph.add(.dense(outputs: classes), named: "classifier", to: value)
        return graph
    }
}
