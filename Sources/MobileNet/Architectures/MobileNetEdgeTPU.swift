/// MobileNetEdgeTPU (Howard & Gupta, "Introducing the next generation of on-device vision models: MobileNetV3 and
/// MobileNetEdgeTPU", 2019), as timm's `mobilenet_edgetpu_100`.
enum MobileNetEdgeTPU {
    /// Blocks of each stage.
    static let stages: [[StageBlock]] = [
        [.convolution(kernel: 1, stride: 1, outputs: 16)],
        [.fused(kernel: 3, stride: 2, expansion: 8, outputs: 32)]
            + Array(repeating: .fused(kernel: 3, stride: 1, expansion: 4, outputs: 32), count: 3),
        [.fused(kernel: 3, stride: 2, expansion: 8, outputs: 48)]
            + Array(repeating: .fused(kernel: 3, stride: 1, expansion: 4, outputs: 48), count: 3),
        stage(kernel: 3, stride: 2, outputs: 96),
        // Its first block does not add the input, though the shapes are the same.
        stage(kernel: 3, stride: 1, outputs: 96),
        stage(kernel: 5, stride: 2, outputs: 160),
        [.inverted(kernel: 3, stride: 1, expansion: 8, outputs: 192, hasSum: false)],
    ]

    private static func stage(kernel: Int, stride: Int, outputs: Int) -> [StageBlock] {
        [.inverted(kernel: kernel, stride: stride, expansion: 8, outputs: outputs, hasSum: false)]
            + Array(
                repeating: .inverted(kernel: kernel, stride: 1, expansion: 4, outputs: outputs, hasSum: true), count: 3)
    }

    static func graph(style: ConvolutionStyle, _ input: InputSize) throws(GraphError) -> Graph {
        var graph = Graph(input: input.shape)
        var value = try graph.appendConvolution(
            "stem", outputs: 32, kernel: KernelGeometry(size: 3, stride: 2, padding: style.padding),
            activation: .relu, style: style, to: graph.input)
        value = try graph.append(stages, style: style, to: value)
        value = try graph.appendConvolution(
            "head", outputs: 1280, kernel: .pixel, activation: .relu, style: style, to: value)
        try graph.appendClassifier(classes: input.classes, to: value)
        return graph
    }
}
