/// MobileNetV1 (Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
/// Applications", 2017), in the rows of table 1 of the paper.
///
/// The non-linearity is ReLU6, as in all published weights, and not ReLU, as in the paper.
struct MobileNetV1 {
    /// Row of the table: "Type / Stride" and the last extent of "Filter Shape".
    enum Row {
        /// "Conv", 3×3 over all channels.
        case convolution(stride: Int, outputs: Int)
        /// "Conv dw", 3×3 depthwise.
        case depthwise(stride: Int)
        /// "Conv", 1×1.
        case pointwise(outputs: Int)
    }

    var rows: [Row]

    /// Table 1 without average pooling and the fully connected layer, which follow these rows. The network has 28
    /// layers if depthwise and pointwise convolutions are counted apart.
    static let table = MobileNetV1(rows: [
        .convolution(stride: 2, outputs: 32),
        .depthwise(stride: 1), .pointwise(outputs: 64),
        .depthwise(stride: 2), .pointwise(outputs: 128),
        .depthwise(stride: 1), .pointwise(outputs: 128),
        .depthwise(stride: 2), .pointwise(outputs: 256),
        .depthwise(stride: 1), .pointwise(outputs: 256),
        .depthwise(stride: 2), .pointwise(outputs: 512),
        .depthwise(stride: 1), .pointwise(outputs: 512),
        .depthwise(stride: 1), .pointwise(outputs: 512),
        .depthwise(stride: 1), .pointwise(outputs: 512),
        .depthwise(stride: 1), .pointwise(outputs: 512),
        .depthwise(stride: 1), .pointwise(outputs: 512),
        .depthwise(stride: 2), .pointwise(outputs: 1024),
        // The paper has stride 2 here, too, but its next row has an input of 7×7 pixels: an error in the paper.
        .depthwise(stride: 1), .pointwise(outputs: 1024),
    ])

    func graph(width: Double, style: ConvolutionStyle, _ input: InputSize) throws(GraphError) -> Graph {
        var graph = Graph(input: input.shape)
        var value = graph.input
        var block = 0
        for row in rows {
            switch row {
            case .convolution(let stride, let outputs):
                value = try graph.appendConvolution(
                    "stem", outputs: Self.scaled(outputs, by: width),
                    kernel: KernelGeometry(size: 3, stride: stride, padding: style.padding), activation: .relu6,
                    style: style,
                    to: value)
            case .depthwise(let stride):
                value = try graph.appendDepthwise(
                    "blocks.\(block).depthwise",
                    kernel: KernelGeometry(size: 3, stride: stride, padding: style.padding),
                    activation: .relu6, style: style, to: value)
            case .pointwise(let outputs):
                value = try graph.appendConvolution(
                    "blocks.\(block).pointwise", outputs: Self.scaled(outputs, by: width), kernel: .pixel,
                    activation: .relu6, style: style, to: value)
                block += 1
            }
        }
        try graph.appendClassifier(classes: input.classes, to: value)
        return graph
    }

    /// Scales a channel count: α · M channels (section 3.3), but at least 8, as in the authors' code. V1 does not round
    /// to multiples of 8.
    private static func scaled(_ channels: Int, by width: Double) -> Int { max(8, Int(Double(channels) * width)) }
}
