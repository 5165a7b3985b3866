@testable import MobileNet

/// Makes networks at random out of the engine's layers, to find what the known networks do not use.
struct RandomGraph {
    private var random: SplitMix
    private var graph: Graph
    private var count = 0

    /// - Returns: a network that turns a small image into a vector.
    static func make(seed: UInt64) throws -> Graph {
        var random = SplitMix(seed: seed)
        let input = Shape(
            channels: 3, height: Int.random(in: 1...40, using: &random), width: Int.random(in: 1...40, using: &random))
        var maker = RandomGraph(random: random, graph: Graph(input: input))
        return try maker.build()
    }

    /// - Returns: a network of layers that classification networks do not have, which turns a small image into planes
    ///   or a table.
    static func makeGeneral(seed: UInt64) throws -> Graph {
        var random = SplitMix(seed: seed)
        let input = Shape(
            channels: 3, height: Int.random(in: 4...24, using: &random), width: Int.random(in: 4...24, using: &random))
        var maker = RandomGraph(random: random, graph: Graph(input: input))
        return try maker.buildGeneral()
    }

    private mutating func buildGeneral() throws -> Graph {
        var value = try add(.convolution(outputs: channels(), kernel: kernel(), bias: flip()), graph.input)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            value = try flip() ? extend(value) : extendGenerally(value)
        }
        if flip() { value = try add(.softmax, value) }
        if flip() { _ = try add(.reshape(channels: graph[value].shape.channels), value) }
        return graph
    }

    private mutating func extendGenerally(_ value: Graph.Value) throws -> Graph.Value {
        let shape = graph[value].shape
        switch Int.random(in: 0..<10, using: &random) {
        case 0:
            return try maybeActivate(
                maybeNormalize(add(.convolution(outputs: channels(), kernel: kernel(), bias: flip()), value)))
        case 1: return try maybeActivate(maybeNormalize(add(.depthwise(kernel: kernel(), bias: flip()), value)))
        case 2: return try maybeActivate(add(.averagePool(kernel()), value))
        case 3: return try maybeActivate(add(.maxPool(kernel()), value))
        case 4 where shape.pixels < 600: return try maybeActivate(add(.upsample(factor: pick([2, 3])), value))
        case 5 where shape.pixels < 600:
            let (height, width) = (pick([1, 2, 3]), pick([1, 2]))
            let kernel = KernelGeometry(
                height: height, width: width, verticalStride: height, horizontalStride: width, padding: .valid)
            return try maybeActivate(
                maybeNormalize(add(.transposedConvolution(outputs: channels(), kernel: kernel, bias: flip()), value)))
        case 6:  // a path around a convolution
            let other = try maybeActivate(add(pointwise(channels()), value))
            return try add(.concatenation, value, other)
        case 7:  // a summand or a factor for each channel
            let mean = try add(.globalAveragePool, value)
            return try maybeActivate(add(flip() ? .add : .multiply, value, mean))
        case 8: return try maybeActivate(add(.normalization(epsilon: 1e-3), maybeActivate(value)))
        default:
            let rows = try add(.reshape(channels: shape.channels), value)
            return try add(.rowConcatenation, rows, flip() ? rows : add(.activation(.sigmoid), rows))
        }
    }

    private mutating func kernel() -> KernelGeometry {
        let height = Int.random(in: 1...3, using: &random)
        let width = pick([1, height, height + 2])
        let explicit = Padding.explicit(top: height - 1, bottom: height / 2, left: width / 2, right: width - 1)
        let padding: Padding = pick([.same, .symmetric, explicit])
        return KernelGeometry(
            height: height, width: width, verticalStride: pick([1, 2, 3]),
            horizontalStride: pick([1, 2, 3]), padding: padding)
    }

    private mutating func build() throws -> Graph {
        let kernel = KernelGeometry(size: pick([1, 3, 5]), stride: pick([1, 2]), padding: pick([.same, .symmetric]))
        var value = try add(.convolution(outputs: channels(), kernel: kernel, bias: flip()), graph.input)
        for _ in 0..<Int.random(in: 1...8, using: &random) { value = try extend(value) }
        value = try maybeActivate(value)
        value = try add(.globalAveragePool, value)
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            value = try maybeActivate(add(.dense(outputs: channels()), value))
        }
        _ = try add(.dense(outputs: Int.random(in: 1...70, using: &random)), value)
        return graph
    }

    /// One more layer, or a few that belong together.
    private mutating func extend(_ value: Graph.Value) throws -> Graph.Value {
        let shape = graph[value].shape
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return try add(.activation(activation()), value)
        case 1, 2:
            let kernel = KernelGeometry(
                size: pick([1, 2, 3, 5, 7]), stride: pick([1, 2]), padding: pick([.same, .symmetric]))
            return try maybeActivate(maybeNormalize(add(.depthwise(kernel: kernel, bias: flip()), value)))
        case 3: return try gate(value)
        case 4:  // a residual of a 1×1 convolution
            let other = try maybeNormalize(add(pointwise(shape.channels), value))
            return try maybeActivate(flip() ? add(.add, other, value) : add(.add, value, other))
        case 5:  // both kinds of convolution read the same value
            let kernel = KernelGeometry(size: 3, padding: .symmetric)
            let one = try add(.depthwise(kernel: kernel, bias: true), value)
            let two = try maybeActivate(add(pointwise(shape.channels), value))
            return try add(flip() ? .add : .multiply, one, two)
        default: return try maybeActivate(maybeNormalize(add(pointwise(channels()), value)))
        }
    }

    /// Squeeze-and-excitation, sometimes without what usually surrounds it.
    private mutating func gate(_ value: Graph.Value) throws -> Graph.Value {
        let shape = graph[value].shape
        var gate = try add(.globalAveragePool, value)
        gate = try add(.activation(.relu), add(.dense(outputs: channels()), gate))
        gate = try add(.activation(.hardSigmoid), add(.dense(outputs: shape.channels), gate))
        let product = try add(.multiply, value, gate)
        return flip() ? try add(pointwise(channels()), product) : product
    }

    private mutating func add(_ layer: Layer, _ inputs: Graph.Value...) throws -> Graph.Value {
        count += 1
        switch inputs.count {
        case 2: return try graph.add(layer, named: "layer\(count)", to: inputs[0], inputs[1])
        default: return try graph.add(layer, named: "layer\(count)", to: inputs[0])
        }
    }

    private mutating func maybeNormalize(_ value: Graph.Value) throws -> Graph.Value {
        flip() ? try add(.normalization(epsilon: 1e-3), value) : value
    }

    private mutating func maybeActivate(_ value: Graph.Value) throws -> Graph.Value {
        flip() ? try add(.activation(activation()), value) : value
    }

    private mutating func pointwise(_ outputs: Int) -> Layer {
        .convolution(outputs: outputs, kernel: .pixel, bias: flip())
    }

    private mutating func channels() -> Int { Int.random(in: 1...70, using: &random) }
    private mutating func flip() -> Bool { Bool.random(using: &random) }
    private mutating func activation() -> Activation { pick([.relu, .relu6, .hardSwish, .hardSigmoid, .sigmoid]) }
    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }
}
