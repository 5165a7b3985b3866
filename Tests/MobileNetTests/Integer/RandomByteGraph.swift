@testable import MobileNet

/// Makes quantised networks at random, with weights, out of all the layers of bytes.
struct RandomByteGraph {
    private(set) var graph: Graph
    private(set) var weights = Weights()
    private var random: SplitMix
    private var count = 0

    /// A network over a small image; its output may have any shape.
    init(seed: UInt64) throws {
        random = SplitMix(seed: seed)
        let side = 1...34
        let shape = Shape(
            channels: 3, height: Int.random(in: side, using: &random), width: Int.random(in: side, using: &random))
        graph = Graph(input: shape, quantization: Quantization(scale: 0.0078125, zeroPoint: 128))
        var value = graph.input
        graph = Graph(input: shape, quantization: quantization())
        value = try convolution(value, outputs: channels(), kernel: kernel())
        for _ in 0..<Int.random(in: 1...7, using: &random) { value = try extend(value) }
        if flip() {
            value = try add(.globalAveragePool, [value], flip() ? graph[value].quantization : quantization())
            value = try weighted(.dense(outputs: channels()), value)
            if flip() { value = try add(.softmax, [value], Quantization(scale: 1 / 256, zeroPoint: 0)) }
        }
    }

    /// An image for it.
    mutating func image() -> [UInt8] {
        (0..<graph[graph.input].shape.count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// One more layer, or a few that belong together.
    private mutating func extend(_ value: Graph.Value) throws -> Graph.Value {
        let shape = graph[value].shape
        switch Int.random(in: 0..<16, using: &random) {
        case 0:
            return try add(
                .activation(pick([.relu, .relu6, .hardSwish, .hardSigmoid, .sigmoid])), [value], quantization())
        case 1, 2, 3: return try weighted(.depthwise(kernel: kernel(), bias: flip()), value)
        case 4: return try convolution(value, outputs: channels(), kernel: kernel())
        case 5: return try gate(value)
        case 6:  // a residual
            let other = try convolution(value, outputs: shape.channels, kernel: .pixel)
            return try add(flip() ? .add : .multiply, flip() ? [other, value] : [value, other], quantization())
        case 7:  // both kinds of convolution read the same value
            let one = try weighted(.depthwise(kernel: KernelGeometry(size: 3), bias: true), value)
            let two = try convolution(value, outputs: shape.channels, kernel: .pixel)
            return try add(.add, [one, two], quantization())
        case 8: return try add(.quantize, [value], quantization())
        case 9: return try affine(value)
        case 10:
            let other = try convolution(value, outputs: channels(), kernel: .pixel)
            return try add(.concatenation, [value, other, value], flip() ? graph[value].quantization : quantization())
        case 11 where shape.pixels < 200: return try add(.upsample(factor: 2), [value], graph[value].quantization)
        case 12: return try add(pick([.averagePool(kernel()), .maxPool(kernel())]), [value], graph[value].quantization)
        case 13: return try table(value)
        default: return try convolution(value, outputs: channels(), kernel: .pixel)
        }
    }

    /// Squeeze-and-excitation.
    private mutating func gate(_ value: Graph.Value) throws -> Graph.Value {
        var gate = try add(.globalAveragePool, [value], flip() ? graph[value].quantization : quantization())
        gate = try convolution(gate, outputs: channels(), kernel: .pixel)
        gate = try weighted(.dense(outputs: graph[value].shape.channels), gate)
        gate = try add(.activation(.hardSigmoid), [gate], Quantization(scale: 1 / 255, zeroPoint: 0))
        return try add(flip() ? .multiply : .add, [value, gate], quantization())
    }

    /// A sum or a product with a constant.
    private mutating func affine(_ value: Graph.Value) throws -> Graph.Value {
        let result = try add(.normalization(epsilon: 0), [value], quantization())
        let channels = graph[value].shape.channels
        let numbers = [Float.random(in: -2...2, using: &random), Float.random(in: -3...3, using: &random), 0, 1]
        for (parameter, number) in zip(graph[result].parameters, numbers) {
            weights[parameter.name] = Tensor(shape: [channels], values: [Float](repeating: number, count: channels))
        }
        return result
    }

    /// Rows of numbers below each other, as detectors have them, and an image of them again.
    private mutating func table(_ value: Graph.Value) throws -> Graph.Value {
        let shape = graph[value].shape
        let columns = pick((1...shape.count).prefix(40).filter { shape.count.isMultiple(of: $0) })
        let one = try add(.reshape(channels: columns), [value], graph[value].quantization)
        return try add(.rowConcatenation, [one, one], flip() ? graph[value].quantization : quantization())
    }

    // MARK: - Parts

    private mutating func convolution(_ value: Graph.Value, outputs: Int, kernel: KernelGeometry) throws -> Graph.Value
    {
        let result = try weighted(.convolution(outputs: outputs, kernel: kernel, bias: flip()), value)
        guard flip() else { return result }
        return try add(.activation(pick([.relu, .relu6])), [result], graph[result].quantization)
    }

    private mutating func weighted(_ layer: Layer, _ value: Graph.Value) throws -> Graph.Value {
        let result = try add(layer, [value], quantization())
        let node = graph[result]
        let shape = node.parameters[0].shape
        let reduction = shape.dropFirst().reduce(1, *)
        // Sums are as large as the weights are many; a few channels overflow, as in life.
        let spread = 40 * Float(reduction).squareRoot()
        let perChannel = flip()
        let base = graph[value].quantization!.scale
        let scales = (0..<(perChannel ? shape[0] : 1)).map { _ in
            node.quantization!.scale * Float.random(in: 0.2...3, using: &random) / (base * spread)
        }
        let zeroPoint: Int32 = perChannel ? 0 : pick([0, -128, 127, 5, -20])
        let taps = (0..<shape.reduce(1, *)).map { _ in Int8.random(in: -128...127, using: &random) }
        weights.quantized[node.parameters[0].name] = try QuantizedTensor(
            shape: shape, values: .int8(taps), scales: scales, zeroPoint: zeroPoint)
        if node.parameters.count > 1 {
            let bias = (0..<shape[0]).map { _ in Int32.random(in: -5000...5000, using: &random) }
            weights.quantized[node.parameters[1].name] = try QuantizedTensor(
                shape: [shape[0]], values: .int32(bias), scales: scales.map { $0 * base }, zeroPoint: 0)
        }
        return result
    }

    private mutating func add(_ layer: Layer, _ inputs: [Graph.Value], _ quantization: Quantization?) throws
        -> Graph.Value
    {
        count += 1
        return try graph.add(layer, named: "layer\(count)", to: inputs, quantization: quantization)
    }

    private mutating func quantization() -> Quantization {
        Quantization(
            scale: pick([0.01, 0.0235, 0.05, 0.1]) * Float.random(in: 0.7...1.4, using: &random),
            zeroPoint: pick([0, 128, 255, Int32.random(in: 0...255, using: &random)]))
    }

    private mutating func kernel() -> KernelGeometry {
        let padding: Padding = pick([.same, .symmetric, .same])
        return KernelGeometry(
            height: pick([1, 2, 3, 3, 5, 7]), width: pick([1, 3, 3, 4, 5, 7]), verticalStride: pick([1, 2]),
            horizontalStride: pick([1, 1, 2, 3]), padding: padding)
    }

    private mutating func channels() -> Int { Int.random(in: 1...70, using: &random) }
    private mutating func flip() -> Bool { Bool.random(using: &random) }
    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }
}
