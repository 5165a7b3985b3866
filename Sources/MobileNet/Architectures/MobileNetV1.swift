/// MobileNetV1 (Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
/// Applications", 2017), row for row as the paper's table 1 has it.
///
/// The non-linearity is ReLU6 and not the paper's ReLU, as in all weights that were published.
struct MobileNetV1 {
    /// One row of the table: "Type / Stride" and the last number of "Filter Shape".
    enum Row {
        /// "Conv", 3×3 over all channels.
        case convolution(stride: Int, outputs: Int)
        /// "Conv dw", 3×3 over each channel on its own.
        case depthwise(stride: Int)
        /// "Conv", 1×1.
        case pointwise(outputs: Int)
    }

    var rows: [Row]

    /// Table 1. Behind its rows come the average pool and the fully connected layer; depthwise and pointwise
    /// counted apart there are 28 layers.
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
        // The paper has stride 2 here too, but goes on with 7×7 pixels: a slip.
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

    /// V1 does not round to multiples of eight: α · M channels (section 3.3), but no fewer than 8, as the
    /// authors' code has it.
    private static func scaled(_ channels: Int, by width: Double) -> Int { max(8, Int(Double(channels) * width)) }
}
