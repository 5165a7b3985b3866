/// MobileNetV4-Conv-Small, -Medium and -Large (Qin et al., "MobileNetV4: Universal models for the mobile ecosystem", 2024,
/// tables 11 to 13).
struct MobileNetV4 {
    /// Blocks of each stage.
    let stages: [[StageBlock]]
    /// Channels of the first convolution.
    let stem: Int

    /// - Precondition: the family is a MobileNetV4.
    init(_ family: Architecture.Family) {
        switch family {
        case .mobileNetV4ConvSmall: self = .convSmall
        case .mobileNetV4ConvMedium: self = .convMedium
        case .mobileNetV4ConvLarge: self = .convLarge
        default: preconditionFailure("\(family) is no MobileNetV4")
        }
    }

    private init(stem: Int, stages: [[[StageBlock]]]) {
        self.stem = stem
        self.stages = stages.map { $0.flatMap { $0 } }
    }

    func graph(style: ConvolutionStyle, _ input: InputSize) throws(GraphError) -> Graph {
        var graph = Graph(input: input.shape)
        var value = try graph.appendConvolution(
            "stem", outputs: stem, kernel: KernelGeometry(size: 3, stride: 2, padding: style.padding),
            activation: .relu, style: style, to: graph.input)
        value = try graph.append(stages, style: style, to: value)
        value = try graph.appendConvolution(
            "head", outputs: 960, kernel: .pixel, activation: .relu, style: style, to: value)
        value = try graph.add(.globalAveragePool, named: "head.mean", to: value)
        value = try graph.appendConvolution(
            "hidden", outputs: 1280, kernel: .pixel, activation: .relu, style: style, to: value)
        _ = try graph.add(.dense(outputs: input.classes), named: "classifier", to: value)
        return graph
    }
}

// MARK: - Tables

extension MobileNetV4 {
    /// Row of a table: equal blocks, of which only the first has the stride.
    private static func row(
        _ repeats: Int = 1, start: Int, middle: Int, stride: Int = 1, expansion: Int, _ outputs: Int
    ) -> [StageBlock] {
        (0..<repeats).map { index in
            .universal(
                UniversalInvertedBottleneck(
                    start: start, middle: middle, stride: index == 0 ? stride : 1, expansion: expansion,
                    outputs: outputs))
        }
    }

    private static let convSmall = MobileNetV4(
        stem: 32,
        stages: [
            [[.convolution(kernel: 3, stride: 2, outputs: 32), .convolution(kernel: 1, stride: 1, outputs: 32)]],
            [[.convolution(kernel: 3, stride: 2, outputs: 96), .convolution(kernel: 1, stride: 1, outputs: 64)]],
            [
                row(start: 5, middle: 5, stride: 2, expansion: 3, 96), row(4, start: 0, middle: 3, expansion: 2, 96),
                row(start: 3, middle: 0, expansion: 4, 96),
            ],
            [
                row(start: 3, middle: 3, stride: 2, expansion: 6, 128), row(start: 5, middle: 5, expansion: 4, 128),
                row(start: 0, middle: 5, expansion: 4, 128), row(start: 0, middle: 5, expansion: 3, 128),
                row(2, start: 0, middle: 3, expansion: 4, 128),
            ],
        ])

    private static let convMedium = MobileNetV4(
        stem: 32,
        stages: [
            [[.fused(kernel: 3, stride: 2, expansion: 4, outputs: 48)]],
            [row(start: 3, middle: 5, stride: 2, expansion: 4, 80), row(start: 3, middle: 3, expansion: 2, 80)],
            [
                row(start: 3, middle: 5, stride: 2, expansion: 6, 160),
                row(2, start: 3, middle: 3, expansion: 4, 160), row(start: 3, middle: 5, expansion: 4, 160),
                row(start: 3, middle: 3, expansion: 4, 160), row(start: 3, middle: 0, expansion: 4, 160),
                row(start: 0, middle: 0, expansion: 2, 160), row(start: 3, middle: 0, expansion: 4, 160),
            ],
            [
                row(start: 5, middle: 5, stride: 2, expansion: 6, 256), row(start: 5, middle: 5, expansion: 4, 256),
                row(2, start: 3, middle: 5, expansion: 4, 256), row(start: 0, middle: 0, expansion: 4, 256),
                row(start: 3, middle: 0, expansion: 4, 256), row(start: 3, middle: 5, expansion: 2, 256),
                row(start: 5, middle: 5, expansion: 4, 256), row(2, start: 0, middle: 0, expansion: 4, 256),
                row(start: 5, middle: 0, expansion: 2, 256),
            ],
        ])

    private static let convLarge = MobileNetV4(
        stem: 24,
        stages: [
            [[.fused(kernel: 3, stride: 2, expansion: 4, outputs: 48)]],
            [row(start: 3, middle: 5, stride: 2, expansion: 4, 96), row(start: 3, middle: 3, expansion: 4, 96)],
            [
                row(start: 3, middle: 5, stride: 2, expansion: 4, 192),
                row(3, start: 3, middle: 3, expansion: 4, 192), row(start: 3, middle: 5, expansion: 4, 192),
                row(5, start: 5, middle: 3, expansion: 4, 192), row(start: 3, middle: 0, expansion: 4, 192),
            ],
            [
                row(4, start: 5, middle: 5, stride: 2, expansion: 4, 512),
                row(start: 5, middle: 0, expansion: 4, 512), row(start: 5, middle: 3, expansion: 4, 512),
                row(2, start: 5, middle: 0, expansion: 4, 512), row(start: 5, middle: 3, expansion: 4, 512),
                row(start: 5, middle: 5, expansion: 4, 512), row(3, start: 5, middle: 0, expansion: 4, 512),
            ],
        ])
}
