@testable import MobileNet

/// Makes networks at random of every layer that the engine has: with dead branches, with values that several layers
/// read, with windows and steps that no trained network has.
struct GraphGenerator {
    private(set) var graph: Graph
    private var random: SplitMix
    private let isQuantized: Bool

    /// Networks are small, so that many are tried.
    static let mostMultiplyAdds = 3_000_000

    /// - Returns: the same network for the same seed.
    static func make(seed: UInt64) -> Graph {
        var random = SplitMix(seed: seed)
        let isQuantized = Bool.random(using: &random)
        var generator = GraphGenerator(isQuantized: isQuantized, random: random)
        generator.begin()
        let steps = Int.random(in: 1...12, using: &generator.random)
        for _ in 0..<steps { generator.extend() }
        generator.end()
        return generator.graph
    }

    private init(isQuantized: Bool, random: SplitMix) {
        self.isQuantized = isQuantized
        self.random = random
        graph = Graph(input: Shape(channels: 3, height: 1, width: 1))
    }

    // MARK: - The beginning and the end

    /// An image, which is sometimes a long line, and the layer that reads it.
    private mutating func begin() {
        let long = number(1...3000)
        let extents: [(Int, Int)] = [(number(1...24), number(1...24)), (number(1...3), long), (long, number(1...3))]
        let (height, width) = extents[chance(0.8) ? 0 : number(1...2)]
        graph = Graph(input: Shape(channels: 3, height: height, width: width), quantization: isQuantized ? step() : nil)
        for _ in 0..<20 {
            let layer = Layer.convolution(
                outputs: channels(), kernel: kernel(over: graph[graph.input].shape), bias: chance(0.5))
            if add(layer, [graph.input]) { return }
        }
        _ = add(.convolution(outputs: 3, kernel: .pixel, bias: true), [graph.input])
    }

    /// Sometimes a last layer that makes numbers of bytes, or a vector of planes.
    private mutating func end() {
        if chance(0.3) { _ = add(.globalAveragePool, [graph.output]) }
        if chance(0.2), graph[graph.output].shape.isVector { _ = add(.dense(outputs: channels()), [graph.output]) }
        if isQuantized, chance(0.3), graph[graph.output].quantization != nil { _ = add(.dequantize, [graph.output]) }
    }

    // MARK: - Layers

    private mutating func extend() {
        let value = pickValue()
        let shape = graph[value].shape
        switch number(0...19) {
        case 0, 1: _ = add(.convolution(outputs: channels(), kernel: .pixel, bias: chance(0.5)), [value])
        case 2, 3: _ = add(.convolution(outputs: channels(), kernel: kernel(over: shape), bias: chance(0.5)), [value])
        case 4, 5: _ = add(.depthwise(kernel: kernel(over: shape), bias: chance(0.5)), [value])
        case 6: _ = add(.averagePool(kernel(over: shape)), [value])
        case 7: _ = add(.maxPool(kernel(over: shape)), [value])
        case 8: _ = add(.upsample(factor: number(1...3)), [value])
        case 9: _ = add(.normalization(epsilon: 1e-3), [value])
        case 10: combine(value)
        case 11: combine(value, with: .globalAveragePool)
        case 12: gate(value)
        case 13: join(.concatenation, value) { $0.height == shape.height && $0.width == shape.width }
        case 14: join(.rowConcatenation, value) { $0.channels == shape.channels && $0.width == shape.width }
        case 15: reshape(value)
        case 16: addBoxes(value)
        case 17: addVectorLayer(value)
        case 18: transpose(value)
        default: _ = add(.activation(pick(Activation.allCases)), [value])
        }
        if chance(0.3) { _ = add(.activation(pick(Activation.allCases)), [graph.output]) }
    }

    /// A sum or a product with another value of the same shape.
    private mutating func combine(_ value: Graph.Value) {
        let layer: Layer = chance(0.5) ? .add : .multiply
        let others = values { $0 == graph[value].shape || $0 == Shape(channels: graph[value].shape.channels) }
        _ = add(layer, [value, pick(others)])
    }

    /// A sum or a product with a number for each channel.
    private mutating func combine(_ value: Graph.Value, with layer: Layer) {
        guard add(layer, [value]) else { return }
        let vector = graph.output
        _ = add(chance(0.5) ? .add : .multiply, [value, vector])
    }

    /// Squeeze and excitation, as the planner knows it, and a 1×1 convolution behind it.
    private mutating func gate(_ value: Graph.Value) {
        let channels = graph[value].shape.channels
        guard add(.globalAveragePool, [value]), add(.dense(outputs: channels), [graph.output]),
            add(.activation(.hardSigmoid), [graph.output]), add(.multiply, [value, graph.output])
        else { return }
        if chance(0.7) { _ = add(.convolution(outputs: self.channels(), kernel: .pixel, bias: true), [graph.output]) }
    }

    private mutating func join(_ layer: Layer, _ value: Graph.Value, where fits: (Shape) -> Bool) {
        let others = values(where: fits)
        _ = add(layer, [value] + (0..<number(0...3)).map { _ in pick(others) })
    }

    private mutating func reshape(_ value: Graph.Value) {
        let count = graph[value].shape.count
        let columns = (1...64).filter { count.isMultiple(of: $0) }
        _ = add(.reshape(channels: pick(columns)), [value])
    }

    private mutating func addVectorLayer(_ value: Graph.Value) {
        guard graph[value].shape.isVector || add(.globalAveragePool, [value]) else { return }
        let vector = graph[value].shape.isVector ? value : graph.output
        _ = add(chance(0.7) ? .dense(outputs: channels()) : .softmax, [vector])
    }

    private mutating func transpose(_ value: Graph.Value) {
        let (height, width) = (number(1...3), number(1...3))
        let kernel = KernelGeometry(
            height: height, width: width, verticalStride: height, horizontalStride: width, padding: .valid)
        _ = add(.transposedConvolution(outputs: channels(), kernel: kernel, bias: chance(0.5)), [value])
    }

    private mutating func addBoxes(_ value: Graph.Value) {
        let (rows, classes) = (number(1...12), number(1...6))
        guard add(.globalAveragePool, [value]) else { return }
        let vector = graph.output
        guard add(.dense(outputs: 4 * rows), [vector]), add(.reshape(channels: 4), [graph.output]) else { return }
        let boxes = graph.output
        guard add(.dense(outputs: classes * rows), [vector]), add(.reshape(channels: classes), [graph.output]) else {
            return
        }
        let hasBackground = classes > 1 && chance(0.5)
        let parameters = DetectionParameters(
            most: chance(0.1) ? number(1...10_000) : number(1...20), classesPerBox: number(1...3),
            classes: hasBackground ? classes - 1 : classes, scoreThreshold: Float(number(-5...5)) / 10,
            overlapThreshold: Float(number(0...10)) / 10, scales: [10, 10, 5, 5], isPerClass: chance(0.5),
            mostPerClass: number(1...50))
        _ = add(.detections(parameters), [boxes, graph.output])
    }

    // MARK: - Adding

    /// Adds a layer if it fits and is small enough.
    private mutating func add(_ layer: Layer, _ inputs: [Graph.Value]) -> Bool {
        var changed = graph
        let quantization = quantization(of: layer, inputs)
        guard
            let value = try? changed.add(
                layer, named: "layer\(graph.nodes.count)", to: inputs, quantization: quantization),
            changed[value].isSmall, changed[value].multiplyAdds <= Self.mostMultiplyAdds
        else { return false }
        graph = changed
        return true
    }

    /// What the engine wants of the layer; mostly.
    private mutating func quantization(of layer: Layer, _ inputs: [Graph.Value]) -> Quantization? {
        guard isQuantized, !layer.isAlwaysFloat else { return nil }
        switch layer {
        case .softmax: return Quantization(scale: 1 / 256, zeroPoint: 0)
        case .maxPool, .averagePool: return graph[inputs[0]].quantization
        case .activation(.relu), .activation(.relu6):
            return chance(0.7) ? graph[inputs[0]].quantization : step()
        default: return chance(0.4) ? graph[inputs[0]].quantization ?? step() : step()
        }
    }

    private mutating func step() -> Quantization {
        let scales: [Float] = [0.1, 1 / 128, 1, 0.02, 1 / 256, Float.random(in: 0.001...2, using: &random)]
        let odd: [Float] = [1e-18, 1e18, 1e-9, 1e9]
        return Quantization(
            scale: pick(chance(0.97) ? scales : odd), zeroPoint: Int32(pick([0, 128, 255, number(0...255)])))
    }

    // MARK: - Choices

    private mutating func kernel(over shape: Shape) -> KernelGeometry {
        let height = chance(0.9) ? number(1...5) : number(1...40)
        let width = chance(0.7) ? height : chance(0.9) ? number(1...7) : number(1...300)
        let paddings: [Padding] = [
            .same, .symmetric, .valid,
            .explicit(top: number(0...height), bottom: number(0...4), left: number(0...width), right: number(0...9)),
        ]
        return KernelGeometry(
            height: height, width: width, verticalStride: stride(), horizontalStride: stride(), padding: pick(paddings))
    }

    private mutating func stride() -> Int { chance(0.9) ? number(1...3) : pick([4, 7, 16, 100, 1023, 1024]) }
    private mutating func channels() -> Int {
        chance(0.5) ? number(1...70) : pick([1, 3, 4, 8, 16, 17, 32, 33, 48, 64])
    }

    /// One of the values but the image: mostly the last.
    private mutating func pickValue() -> Graph.Value {
        if chance(0.02) { return graph.input }
        return chance(0.6) ? graph.output : pick(values { _ in true })
    }

    /// The values, but the image, of some shape.
    private func values(where fits: (Shape) -> Bool) -> [Graph.Value] {
        let found = graph.nodes.indices.dropFirst().filter { fits(graph.nodes[$0].shape) }.map(Graph.Value.init)
        return found.isEmpty ? [graph.output] : found
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ part: Double) -> Bool { Double.random(in: 0..<1, using: &random) < part }
    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }
}

extension Graph.Node {
    /// Whether what it computes, and what its window reads, are small enough to be tried many times.
    var isSmall: Bool {
        let most = 120_000
        guard shape.count <= most else { return false }
        switch layer {
        case .convolution(_, let kernel, _), .depthwise(let kernel, _):
            let border = kernel.border(around: inputShape)
            let rows = border.top + inputShape.height + border.bottom
            return rows * (border.left + inputShape.width + border.right) * inputShape.channels <= most
        default: return true
        }
    }
}
