import Glibc

@testable import MobileNet

/// Runs a graph as its definition says: layer by layer, in double precision, with nothing folded or fused.
///
/// It shares no code with the engine but the graph, so an agreement of the two means something.
struct ReferenceInterpreter {
    let graph: Graph
    let weights: Weights

    /// What every node computes, `[channel][row][column]` each.
    func run(_ input: [Float]) -> [[Double]] {
        var values: [[Double]] = []
        for node in graph.nodes {
            let inputs = node.inputs.map { values[$0.index] }
            values.append(compute(node, inputs, image: input))
        }
        return values
    }

    private func compute(_ node: Graph.Node, _ inputs: [[Double]], image: [Float]) -> [Double] {
        let pixels = node.inputShape.pixels
        switch node.layer {
        case .input:
            return image.map(Double.init)
        case .convolution(_, let window, _):
            return slide(node, window, inputs[0], groups: false)
        case .depthwise(let window, _):
            return slide(node, window, inputs[0], groups: true)
        case .dense(let outputs):
            let weight = parameter(node, 0)
            let bias = parameter(node, 1)
            let count = inputs[0].count
            return (0..<outputs).map { output in
                (0..<count).reduce(bias[output]) { $0 + weight[output * count + $1] * inputs[0][$1] }
            }
        case .normalization(let epsilon):
            let parts = (0..<4).map { parameter(node, $0) }
            return inputs[0].enumerated().map { index, value in
                let channel = index / pixels
                let centred = (value - parts[2][channel]) / (parts[3][channel] + Double(epsilon)).squareRoot()
                return centred * parts[0][channel] + parts[1][channel]
            }
        case .activation(let activation):
            return inputs[0].map { Self.apply(activation, to: $0) }
        case .add:
            return zip(inputs[0], inputs[1]).map { $0 + $1 }
        case .multiply:
            let perChannel = inputs[0].count != inputs[1].count
            return inputs[0].enumerated().map { $1 * inputs[1][perChannel ? $0 / pixels : $0] }
        case .globalMean:
            return (0..<node.shape.channels).map { channel in
                inputs[0][channel * pixels..<(channel + 1) * pixels].reduce(0, +) / Double(pixels)
            }
        default:
            preconditionFailure("\(node.layer) is not in the interpreter")
        }
    }

    private func slide(_ node: Graph.Node, _ window: Window, _ input: [Double], groups: Bool) -> [Double] {
        let source = node.inputShape
        let target = node.shape
        let weight = parameter(node, 0)
        let bias = node.parameters.count > 1 ? parameter(node, 1) : []
        let top = window.vertical.zeros(around: source.height).before
        let left = window.horizontal.zeros(around: source.width).before
        var output = [Double](repeating: 0, count: target.count)
        for channel in 0..<target.channels {
            let inputs = groups ? channel..<channel + 1 : 0..<source.channels
            for row in 0..<target.height {
                for column in 0..<target.width {
                    var sum = bias.isEmpty ? 0 : bias[channel]
                    for from in inputs {
                        for y in 0..<window.height {
                            for x in 0..<window.width {
                                let sourceRow = row * window.verticalStride + y - top
                                let sourceColumn = column * window.horizontalStride + x - left
                                guard (0..<source.height).contains(sourceRow), (0..<source.width).contains(sourceColumn)
                                else { continue }
                                let tap = ((groups ? channel : channel * source.channels + from) * window.height + y) * window.width + x
                                sum += weight[tap] * input[(from * source.height + sourceRow) * source.width + sourceColumn]
                            }
                        }
                    }
                    output[(channel * target.height + row) * target.width + column] = sum
                }
            }
        }
        return output
    }

    private func parameter(_ node: Graph.Node, _ index: Int) -> [Double] {
        (weights[node.parameters[index].name]?.values ?? []).map(Double.init)
    }

    private static func apply(_ activation: Activation, to x: Double) -> Double {
        switch activation {
        case .linear: x
        case .relu: max(x, 0)
        case .relu6: min(max(x, 0), 6)
        case .hardSwish: x * min(max(x + 3, 0), 6) / 6
        case .hardSigmoid: min(max(x + 3, 0), 6) / 6
        case .sigmoid: 1 / (1 + exp(-x))
        }
    }
}
