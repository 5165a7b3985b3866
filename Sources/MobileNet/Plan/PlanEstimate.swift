/// Upper bounds of the memory and work of a network, computed from its graph alone, before anything is allocated.
///
/// The bounds are `Double`, so that no graph makes them overflow.
struct PlanEstimate: Equatable {
    /// Number of layers, without the input.
    private(set) var layers = 0
    /// Bytes of packed weights and tables, and of the temporary memory for making them.
    private(set) var constantBytes = 0.0
    /// Bytes of the largest buffer of the workspace.
    private(set) var largestBuffer = 0.0
    /// Work for one image. The unit is a float32 multiply-add in a vector kernel.
    private(set) var work = 0.0

    /// Work for an element in a scalar loop, and in a loop that is bound by memory.
    private static let (scalar, memory) = (100.0, 10.0)

    init(_ graph: Graph) {
        layers = graph.nodes.count - 1
        for node in graph.nodes.dropFirst() { add(node, isFirst: node.inputs.first == graph.input) }
        let output = graph[graph.output].shape
        if !output.isVector { work += Self.scalar * Double(output.count) }
    }

    private mutating func add(_ node: Graph.Node, isFirst: Bool) {
        let (input, output) = (node.inputShape, node.shape)
        let pixels = Double(output.height) * Double(output.width)
        let outputs = Self.filled(output.channels)
        let inputs = isFirst ? Double(input.channels) : Self.filled(input.channels)
        add(buffer: outputs * pixels)
        switch node.layer {
        case .convolution(_, let kernel, _):
            let taps = kernel.isPixel ? inputs : inputs * Self.count(kernel)
            work += pixels * outputs * taps
            addWeights(outputs * taps, order: taps, pixels)
            addBorder(kernel, input, inputs)
            if !kernel.isPixel, !isFirst { add(buffer: taps * pixels) }
        case .depthwise(let kernel, _):
            work += pixels * outputs * Self.count(kernel)
            // The integer kernels pad rows to whole groups, and store some of them several times.
            addWeights(4 * outputs * Double(kernel.height) * Double(kernel.width + 16), order: 0, pixels)
            addBorder(kernel, input, inputs)
        case .transposedConvolution(let channels, let kernel, _):
            let spread = Self.filled(channels * kernel.count)
            let all = Double(input.height) * Double(input.width) * spread
            work += all * inputs + Self.scalar * pixels * outputs
            addWeights(spread * inputs, order: inputs, pixels)
            add(buffer: all)
        case .dense:
            work += outputs * inputs
            addWeights(outputs * inputs, order: inputs, 1)
        case .averagePool(let kernel), .maxPool(let kernel):
            work += 4 * pixels * outputs * Self.count(kernel)
        case .detections(let parameters):
            add(parameters, rows: Double(input.height))
        case .softmax, .concatenation, .reshape, .rowConcatenation:
            work += Self.scalar * pixels * outputs
        case .input, .normalization, .activation, .add, .multiply, .globalAveragePool, .upsample, .quantize,
            .dequantize:
            work += Self.memory * max(pixels * outputs, Double(input.height) * Double(input.width) * inputs)
        }
    }

    /// - Parameters:
    ///   - count: the number of weights, with the padding to whole vectors.
    ///   - order: the length of a reduction.
    ///   - pixels: the number of output pixels, which need a table of offsets.
    private mutating func addWeights(_ count: Double, order: Double, _ pixels: Double) {
        constantBytes += 4 * count + 16 * order + 4 * pixels
    }

    private mutating func addBorder(_ kernel: KernelGeometry, _ input: Shape, _ channels: Double) {
        let border = kernel.border(around: input)
        let rows = Double(border.top + input.height + border.bottom)
        add(buffer: channels * rows * Double(border.left + input.width + border.right))
    }

    /// - Parameter count: number of elements. All count as float32, also those of quantized models.
    private mutating func add(buffer count: Double) { largestBuffer = max(largestBuffer, 4 * count) }

    private mutating func add(_ parameters: DetectionParameters, rows: Double) {
        let classes = Double(parameters.classes)
        let rounds = parameters.isPerClass ? classes : 1
        let selected = min(rows, Double(parameters.isPerClass ? parameters.mostPerClass : parameters.most))
        let listed = selected * Double(parameters.classesPerBox) * classes
        // Every score is read, candidates are sorted, and each is compared with all selected ones.
        work += Self.scalar * (rows * classes + rounds * rows * 20 + rounds * rows * selected + listed)
        constantBytes += 64 * rows
    }

    private static func count(_ kernel: KernelGeometry) -> Double { Double(kernel.height) * Double(kernel.width) }

    /// Returns the number of channels, padded to the widest vector.
    private static func filled(_ channels: Int) -> Double { Double((channels + 15) / 16 * 16) }
}
