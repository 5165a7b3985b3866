/// EfficientNet-Lite0 to Lite4 (Liu, "Higher accuracy on vision models with EfficientNet-Lite", 2020):
/// EfficientNet-B0 (Tan & Le, 2019, table 1) without squeeze-and-excitation and with ReLU6, and the same made
/// wider and deeper. The first and the last stage are not made deeper, nor the stem and the head wider.
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

    /// - Precondition: the family is one of these.
    init(_ family: Architecture.Family) {
        // width, depth
        switch family {
        case .efficientNetLite0: self = .lite0
        case .efficientNetLite1: self = Self.lite0.scaled(1.0, 1.1)
        case .efficientNetLite2: self = Self.lite0.scaled(1.1, 1.2)
        case .efficientNetLite3: self = Self.lite0.scaled(1.2, 1.4)
        case .efficientNetLite4: self = Self.lite0.scaled(1.4, 1.8)
        default: preconditionFailure("\(family) is no EfficientNet-Lite")
        }
    }

    private init(rows: [Row], stem: Int, head: Int) {
        self.rows = rows
        self.stem = stem
        self.head = head
    }

    private func scaled(_ width: Double, _ depth: Double) -> EfficientNetLite {
        var scaled = self
        let repeats = scaledRepeats(rows.map(\.repeats), by: depth)
        for index in rows.indices {
            scaled.rows[index].repeats = repeats[index]
            scaled.rows[index].output = roundedToEight(Double(rows[index].output) * width)
        }
        return scaled
    }

    func graph(style: ConvolutionStyle, _ input: InputSize) throws(GraphError) -> Graph {
        var graph = Graph(input: input.shape)
        var value = try graph.appendConvolution(
            "stem", outputs: stem, kernel: KernelGeometry(size: 3, stride: 2, padding: style.padding),
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
            "head", outputs: head, kernel: .pixel, activation: .relu6, style: style, to: value)
        try graph.appendClassifier(classes: input.classes, to: value)
        return graph
    }
}

/// How often the stages of a deeper network repeat their block: rounded up, but the first and the last stage
/// as they are.
func scaledRepeats(_ repeats: [Int], by depth: Double) -> [Int] {
    repeats.enumerated().map { index, count in
        index == 0 || index == repeats.count - 1 ? count : Int((Double(count) * depth).rounded(.up))
    }
}
