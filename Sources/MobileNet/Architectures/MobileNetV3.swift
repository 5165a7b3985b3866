/// MobileNetV3 (Howard et al., "Searching for MobileNetV3", 2019), in the rows of tables 1 and 2 of the paper, which
/// are also the layers of torchvision's weights.
struct MobileNetV3 {
    /// Row of the paper's tables.
    struct Row {
        /// Height and width of the depthwise kernel.
        var kernel: Int
        /// "exp size": channels after the expansion.
        var expanded: Int
        /// "#out": channels of the output.
        var output: Int
        /// "SE": whether the block has squeeze-and-excitation.
        var squeeze: Bool
        /// "NL": non-linearity.
        var activation: Activation
        /// "s": stride.
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
    /// Channels of the first layer of the head without batch normalization ("NBN").
    var hidden: Int
    /// Non-linearity of the first convolution and of the head.
    var activation = Activation.hardSwish

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

    /// - Precondition: the family is a MobileNetV3.
    init(_ family: Architecture.Family) {
        switch family {
        case .mobileNetV3Large: self = .large
        case .mobileNetV3Small: self = .small
        case .mobileNetV3LargeMinimalistic: self = Self.large.minimalistic
        case .mobileNetV3SmallMinimalistic: self = Self.small.minimalistic
        default: preconditionFailure("\(family) is no MobileNetV3")
        }
    }

    private init(rows: [Row], stem: Int, hidden: Int) {
        self.rows = rows
        self.stem = stem
        self.hidden = hidden
    }

    /// Minimalistic variant of the authors, for hardware without fast implementations of these layers: no
    /// squeeze-and-excitation, no h-swish, no kernels of 5×5.
    private var minimalistic: MobileNetV3 {
        var network = self
        network.activation = .relu
        network.rows = rows.map { Row(3, $0.expanded, $0.output, false, .relu, $0.stride) }
        return network
    }

    /// Returns the network at a width.
    func graph(
        width: Double, scaling: WidthScaling, style: ConvolutionStyle, _ input: InputSize
    ) throws(GraphError) -> Graph {
        var graph = Graph(input: input.shape)
        let keepsStem = scaling == .papers && width < 0.75
        var value = try graph.appendConvolution(
            "stem", outputs: keepsStem ? stem : scaled(stem, by: width),
            kernel: KernelGeometry(size: 3, stride: 2, padding: style.padding), activation: activation, style: style,
            to: graph.input)
        var tableInput = stem
        for (index, row) in rows.enumerated() {
            let expanded =
                switch scaling {
                case .papers: scaled(graph[value].shape.channels, by: Double(row.expanded) / Double(tableInput))
                case .torchvision: scaled(row.expanded, by: width)
                }
            let block = InvertedResidual(
                name: "blocks.\(index)", kernel: row.kernel, stride: row.stride, expanded: expanded,
                output: scaled(row.output, by: width),
                // A quarter of the expansion (section 5.3).
                squeezed: row.squeeze ? roundedToEight(Double(expanded / 4)) : nil,
                activation: row.activation)
            value = try graph.append(block, style: style, to: value)
            tableInput = row.output
        }
        try appendHead(to: &graph, value, width: width, scaling: scaling, style: style, classes: input.classes)
        return graph
    }

    /// Appends the layers after the blocks. Two of them follow the pooling (section 5.1).
    private func appendHead(
        to graph: inout Graph, _ input: Graph.Value, width: Double, scaling: WidthScaling, style: ConvolutionStyle,
        classes: Int
    ) throws(GraphError) {
        let outputs: Int
        let hiddenWidth: Double
        switch scaling {
        case .papers:
            outputs = scaled(6 * (rows.last?.output ?? 0), by: width)
            hiddenWidth = max(1, width)
        case .torchvision:
            outputs = 6 * graph[input].shape.channels
            hiddenWidth = width
        }
        var value = try graph.appendConvolution(
            "head", outputs: outputs, kernel: .pixel, activation: activation, style: style, to: input)
        value = try graph.add(.globalAveragePool, named: "head.mean", to: value)
        value = try graph.add(.dense(outputs: scaled(hidden, by: hiddenWidth)), named: "hidden", to: value)
        value = try graph.add(.activation(activation), named: "hidden.\(activation)", to: value)
        _ = try graph.add(.dense(outputs: classes), named: "classifier", to: value)
    }

    private func scaled(_ channels: Int, by width: Double) -> Int { roundedToEight(Double(channels) * width) }
}
