import Glibc

@testable import MobileNet

/// Runs a quantised graph as TensorFlow Lite's reference kernels do: layer by layer, number by number, nothing fused.
///
/// It shares no code with the engine but the graph, so an agreement of the two to the bit means something.
struct ByteInterpreter {
    let graph: Graph
    let weights: Weights

    /// What every node computes, `[channel][row][column]` each.
    func run(_ image: [UInt8]) -> [[Int32]] {
        var values: [[Int32]] = []
        for node in graph.nodes { values.append(compute(node, node.inputs.map { values[$0.index] }, image)) }
        return values
    }

    private func compute(_ node: Graph.Node, _ inputs: [[Int32]], _ image: [UInt8]) -> [Int32] {
        let target = node.quantization!
        switch node.layer {
        case .input:
            let shape = node.shape
            return (0..<shape.count).map { Int32(image[$0 % shape.pixels * 3 + $0 / shape.pixels]) }
        case .convolution(_, let kernel, _): return slide(node, kernel, inputs[0], groups: false)
        case .depthwise(let kernel, _): return slide(node, kernel, inputs[0], groups: true)
        case .dense: return slide(node, .pixel, inputs[0], groups: false)
        case .activation(let activation): return inputs[0].map { activate($0, activation, source(node, 0), target) }
        case .normalization: return affine(node, inputs[0])
        case .add: return add(node, inputs)
        case .multiply: return multiply(node, inputs)
        case .globalAveragePool: return mean(node, inputs[0])
        case .averagePool(let kernel), .maxPool(let kernel): return pool(node, kernel, inputs[0])
        case .softmax: return softmax(node, inputs[0])
        case .quantize:
            let factor = Multiplier(Double(source(node, 0).scale) / Double(target.scale))
            return inputs[0].map { clamp(factor.times($0 - source(node, 0).zeroPoint) + target.zeroPoint) }
        default: return rearrange(node, inputs)
        }
    }

    private func source(_ node: Graph.Node, _ index: Int) -> Quantization { graph[node.inputs[index]].quantization! }

    // MARK: - Convolutions

    private func slide(_ node: Graph.Node, _ kernel: KernelGeometry, _ input: [Int32], groups: Bool) -> [Int32] {
        let (from, to) = (node.inputShape, node.shape)
        let weight = weights.quantized[node.parameters[0].name]!
        guard case .int8(let taps) = weight.values else { return [] }
        var bias = [Int32](repeating: 0, count: to.channels)
        if node.parameters.count > 1, case .int32(let values) = weights.quantized[node.parameters[1].name]!.values {
            bias = values
        }
        let (top, left) = (
            kernel.vertical.zeros(around: from.height).before, kernel.horizontal.zeros(around: from.width).before
        )
        let zero = source(node, 0).zeroPoint
        var output = [Int32](repeating: 0, count: to.count)
        for channel in 0..<to.channels {
            let factor = factor(node, weight, channel)
            let inputs = groups ? channel..<channel + 1 : 0..<from.channels
            for row in 0..<to.height {
                for column in 0..<to.width {
                    var sum = bias[channel]
                    for y in 0..<kernel.height {
                        for x in 0..<kernel.width {
                            let (r, c) = (
                                row * kernel.verticalStride + y - top, column * kernel.horizontalStride + x - left
                            )
                            guard (0..<from.height).contains(r), (0..<from.width).contains(c) else { continue }
                            for k in inputs {
                                let tap =
                                    ((channel * inputs.count + k - inputs.lowerBound) * kernel.height + y)
                                    * kernel.width + x
                                sum &+=
                                    (input[(k * from.height + r) * from.width + c] - zero)
                                    * (Int32(taps[tap]) - weight.zeroPoint)
                            }
                        }
                    }
                    output[(channel * to.height + row) * to.width + column] = clamp(
                        factor.times(sum) + node.quantization!.zeroPoint)
                }
            }
        }
        return output
    }

    private func factor(_ node: Graph.Node, _ weight: QuantizedTensor, _ channel: Int) -> Multiplier {
        let (input, output) = (source(node, 0).scale, node.quantization!.scale)
        if weight.scales.count == 1 { return Multiplier(Double(input * weight.scales[0]) / Double(output)) }
        return Multiplier(Double(input) * Double(weight.scales[channel]) / Double(output))
    }

    // MARK: - Sums and products

    private func add(_ node: Graph.Node, _ inputs: [[Int32]]) -> [Int32] {
        let (first, second, target) = (source(node, 0), source(node, 1), node.quantization!)
        let common = 2 * Double(max(first.scale, second.scale))
        let factors = (Multiplier(Double(first.scale) / common), Multiplier(Double(second.scale) / common))
        let last = Multiplier(common / (Double(1 << 20) * Double(target.scale)))
        return paired(node, inputs) { a, b in
            let sum = factors.0.times((a - first.zeroPoint) << 20) + factors.1.times((b - second.zeroPoint) << 20)
            return last.times(sum) + target.zeroPoint
        }
    }

    private func multiply(_ node: Graph.Node, _ inputs: [[Int32]]) -> [Int32] {
        let (first, second, target) = (source(node, 0), source(node, 1), node.quantization!)
        let factor = Multiplier(Double(first.scale * second.scale / target.scale))
        return paired(node, inputs) { a, b in
            factor.times((a - first.zeroPoint) * (b - second.zeroPoint)) + target.zeroPoint
        }
    }

    private func paired(_ node: Graph.Node, _ inputs: [[Int32]], _ operation: (Int32, Int32) -> Int32) -> [Int32] {
        let isVector = inputs[0].count != inputs[1].count
        return inputs[0].indices.map { at in
            clamp(operation(inputs[0][at], inputs[1][isVector ? at / node.shape.pixels : at]))
        }
    }

    private func affine(_ node: Graph.Node, _ input: [Int32]) -> [Int32] {
        let parts = node.parameters.map { weights[$0.name]!.values[0] }
        let (from, to) = (source(node, 0), node.quantization!)
        return input.map { byte in
            let number = from.scale * Float(byte - from.zeroPoint) * parts[0] + parts[1]
            return clamp(Int32((number / to.scale).rounded(.toNearestOrAwayFromZero)) + to.zeroPoint)
        }
    }

    // MARK: - Pools

    private func mean(_ node: Graph.Node, _ input: [Int32]) -> [Int32] {
        let (from, to) = (source(node, 0), node.quantization!)
        let pixels = Int32(node.inputShape.pixels)
        var factor = Multiplier(Double(from.scale) / Double(to.scale))
        let shift = Int32(63 - Int64(pixels).leadingZeroBitCount)
        factor.multiplier = Int32((Int64(factor.multiplier) << Int64(shift)) / Int64(pixels))
        factor.exponent -= shift
        return (0..<node.shape.channels).map { channel in
            let sum = input[channel * Int(pixels)..<(channel + 1) * Int(pixels)].reduce(0, +)
            return from == to
                ? (sum + pixels / 2) / pixels : clamp(factor.times(sum - from.zeroPoint * pixels) + to.zeroPoint)
        }
    }

    private func pool(_ node: Graph.Node, _ kernel: KernelGeometry, _ input: [Int32]) -> [Int32] {
        let (from, to) = (node.inputShape, node.shape)
        let (top, left) = (
            kernel.vertical.zeros(around: from.height).before, kernel.horizontal.zeros(around: from.width).before
        )
        return (0..<to.count).map { at in
            let (channel, row, column) = (at / to.pixels, at % to.pixels / to.width, at % to.width)
            var covered: [Int32] = []
            for y in 0..<kernel.height {
                for x in 0..<kernel.width {
                    let (r, c) = (row * kernel.verticalStride + y - top, column * kernel.horizontalStride + x - left)
                    guard (0..<from.height).contains(r), (0..<from.width).contains(c) else { continue }
                    covered.append(input[(channel * from.height + r) * from.width + c])
                }
            }
            if case .maxPool = node.layer { return covered.max() ?? 0 }
            let count = Int32(max(covered.count, 1))
            return (covered.reduce(0, +) + count / 2) / count
        }
    }

    // MARK: - Rearrangements

    private func rearrange(_ node: Graph.Node, _ inputs: [[Int32]]) -> [Int32] {
        let (from, to) = (node.inputShape, node.shape)
        let rescaled = inputs.enumerated().map { index, values in
            values.map { rescale($0, source(node, index), node.quantization!) }
        }
        switch node.layer {
        case .upsample(let factor):
            return (0..<to.count).map { at in
                let (row, column) = (at % to.pixels / to.width / factor, at % to.width / factor)
                return inputs[0][(at / to.pixels * from.height + row) * from.width + column]
            }
        case .concatenation:
            return rescaled.flatMap { $0 }
        case .rowConcatenation:
            return (0..<to.channels).flatMap { channel in
                rescaled.flatMap { values in
                    let rows = values.count / to.channels
                    return values[channel * rows..<(channel + 1) * rows]
                }
            }
        default:
            return (0..<to.count).map { at in
                let number = at % to.height * to.channels + at / to.height
                return inputs[0][number % from.channels * from.pixels + number / from.channels]
            }
        }
    }

    private func rescale(_ byte: Int32, _ from: Quantization, _ to: Quantization) -> Int32 {
        guard from != to else { return byte }
        let scale = from.scale * (1 / to.scale)
        let bias = -Float(from.zeroPoint) * scale
        return clamp(Int32((Float(byte) * scale + bias).rounded(.toNearestOrAwayFromZero)) + to.zeroPoint)
    }

    // MARK: - Functions

    private func activate(_ byte: Int32, _ activation: Activation, _ from: Quantization, _ to: Quantization) -> Int32 {
        let number = from.scale * Float(byte - from.zeroPoint)
        func nearest(_ result: Float) -> Int32 {
            clamp(Int32((result * (1 / to.scale)).rounded(.toNearestOrAwayFromZero)) + to.zeroPoint)
        }
        switch activation {
        case .hardSwish: return hardSwish(byte, from, to)
        case .sigmoid: return nearest(1 / (1 + expf(-number)))
        case .hardSigmoid: return nearest(min(max(number + 3, 0), 6) / 6)
        case .linear, .relu, .relu6:
            var result = byte
            if from != to {
                result = clamp(
                    Multiplier(Double(from.scale) / Double(to.scale)).times(byte - from.zeroPoint) + to.zeroPoint)
            }
            if activation != .linear { result = max(result, to.zeroPoint) }
            let six = Int32((6 / to.scale).rounded(.toNearestOrAwayFromZero))
            return activation == .relu6 ? min(result, min(255, six + to.zeroPoint)) : result
        }
    }

    private func hardSwish(_ byte: Int32, _ from: Quantization, _ to: Quantization) -> Int32 {
        let fine = (byte - from.zeroPoint) * 128
        let hires = 1 / Float(128) * from.scale
        let output = Multiplier(Double(hires / to.scale))
        let gate = Multiplier(Double(hires / (3 / Float(32768))))
        func half(_ x: Int32) -> Int32 { x >= Int32.max - 32768 ? 32767 : (x + 32768) >> 16 }
        func saturate(_ x: Int64) -> Int32 { Int32(min(max(x, -32768), 32767)) }
        let scaled = (fine * half(output.multiplier) + (1 << 14)) >> 15
        var value = fine
        if gate.exponent > 0 { value = saturate(Int64(value) << Int64(gate.exponent - 1)) }
        value = saturate((Int64(value) * Int64(half(gate.multiplier)) + 1 << 14) >> 15)
        if gate.exponent > 0 { value = saturate(Int64(value) * 2) }
        if gate.exponent < 0 { value = Multiplier.divide(value, -gate.exponent) }
        value = (value + 32768) >> 1
        return clamp(Multiplier.divide(value * scaled / 32768, -output.exponent) + to.zeroPoint)
    }

    private func softmax(_ node: Graph.Node, _ input: [Int32]) -> [Int32] {
        let pixels = node.shape.pixels
        var output = input
        for pixel in 0..<pixels {
            let row = (0..<node.shape.channels).map { input[$0 * pixels + pixel] }
            for (channel, value) in ByteSoftmax(scale: source(node, 0).scale).run(row).enumerated() {
                output[channel * pixels + pixel] = value
            }
        }
        return output
    }
}

private func clamp(_ value: Int32) -> Int32 { min(max(value, 0), 255) }

/// `QuantizeMultiplier` and `MultiplyByQuantizedMultiplier`, as the reference has them.
struct Multiplier {
    var multiplier: Int32
    var exponent: Int32

    init(_ factor: Double) {
        var power: Int32 = 0
        var fixed = Int64((frexp(factor, &power) * 0x1p31).rounded(.toNearestOrAwayFromZero))
        if fixed == 1 << 31 { (fixed, power) = (fixed / 2, power + 1) }
        if power < -31 { (fixed, power) = (0, 0) }
        (multiplier, exponent) = (Int32(fixed), power)
    }

    func times(_ x: Int32) -> Int32 {
        let shifted = x << max(exponent, 0)
        let product = Int64(shifted) * Int64(multiplier)
        let nudge: Int64 = product >= 0 ? 1 << 30 : 1 - 1 << 30
        return Self.divide(Int32((product + nudge) / (1 << 31)), max(-exponent, 0))
    }

    /// `RoundingDivideByPOT`.
    static func divide(_ x: Int32, _ power: Int32) -> Int32 {
        let mask = Int32((1 as Int64) << Int64(power) - 1)
        let threshold = mask >> 1 + (x < 0 ? 1 : 0)
        return x >> power + (x & mask > threshold ? 1 : 0)
    }
}
