/// EfficientNet-Lite0 to Lite4 (Liu, "Higher accuracy on vision models with EfficientNet-Lite", 2020).
///
/// Lite0 is EfficientNet-B0 (Tan & Le, 2019, table 1) without squeeze-and-excitation and with ReLU6. Lite1 to Lite4 are
/// wider and deeper. The depth of the first and the last stage and the width of the stem and the head stay the same.
struct EfficientNetLite {
    /// Row of the paper's table: a stage of equal blocks. Only the first block has the stride.
    struct Row {
        /// Number of blocks.
        var repeats: Int
        /// Height and width of the depthwise kernel.
        var kernel: Int
        /// Stride of the first block.
        var stride: Int
        /// Ratio of the channels after the expansion to the input channels.
        var expansion: Int
        /// Channels of the output.
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

    /// - Precondition: the family is an EfficientNet-Lite.
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

/// Scales the number of blocks in each stage by a depth multiplier, rounding up. The first and the last stage keep
/// their number.
func scaledRepeats(_ repeats: [Int], by depth: Double) -> [Int] {
    repeats.enumerated().map { index, count in
        index == 0 || index == repeats.count - 1 ? count : Int((Double(count) * depth).rounded(.up))
    }
}
