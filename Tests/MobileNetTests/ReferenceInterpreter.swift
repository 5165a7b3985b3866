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
        case .convolution(_, let kernel, _):
            return slide(node, kernel, inputs[0], groups: false)
        case .depthwise(let kernel, _):
            return slide(node, kernel, inputs[0], groups: true)
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
            let perChannel = inputs[0].count != inputs[1].count
            return inputs[0].enumerated().map { $1 + inputs[1][perChannel ? $0 / pixels : $0] }
        case .multiply:
            let perChannel = inputs[0].count != inputs[1].count
            return inputs[0].enumerated().map { $1 * inputs[1][perChannel ? $0 / pixels : $0] }
        case .globalAveragePool:
            return (0..<node.shape.channels).map { channel in
                inputs[0][channel * pixels..<(channel + 1) * pixels].reduce(0, +) / Double(pixels)
            }
        case .averagePool(let kernel):
            return pool(node, kernel, inputs[0]) { $0.reduce(0, +) / Double($0.count) }
        case .maxPool(let kernel):
            return pool(node, kernel, inputs[0]) { $0.max() ?? 0 }
        case .transposedConvolution(_, let kernel, _):
            return spread(node, kernel, inputs[0])
        case .concatenation:
            return inputs.flatMap { $0 }
        case .upsample, .reshape, .rowConcatenation, .softmax:
            return rearrange(node, inputs)
        case .quantize, .dequantize, .detections:
            preconditionFailure("\(node.layer) is not in the interpreter")
        }
    }

    private func rearrange(_ node: Graph.Node, _ inputs: [[Double]]) -> [Double] {
        let (source, target) = (node.inputShape, node.shape)
        func value(_ input: [Double], _ shape: Shape, _ channel: Int, _ row: Int, _ column: Int) -> Double {
            input[(channel * shape.height + row) * shape.width + column]
        }
        var output: [Double] = []
        for channel in 0..<target.channels {
            for row in 0..<target.height {
                for column in 0..<target.width {
                    switch node.layer {
                    case .upsample(let factor):
                        output.append(value(inputs[0], source, channel, row / factor, column / factor))
                    case .reshape(let columns):
                        let index = row * columns + channel
                        let pixel = index / source.channels
                        output.append(
                            value(
                                inputs[0], source, index % source.channels, pixel / source.width, pixel % source.width))
                    case .rowConcatenation:
                        var row = row
                        for (input, place) in zip(inputs, node.inputs) {
                            let shape = graph[place].shape
                            if row < shape.height {
                                output.append(value(input, shape, channel, row, column))
                                break
                            }
                            row -= shape.height
                        }
                    default:
                        let powers = (0..<source.channels).map { exp(value(inputs[0], source, $0, row, column)) }
                        output.append(powers[channel] / powers.reduce(0, +))
                    }
                }
            }
        }
        return output
    }

    /// What of the image each window covers, made one number.
    private func pool(
        _ node: Graph.Node, _ kernel: KernelGeometry, _ input: [Double], _ combine: ([Double]) -> Double
    ) -> [Double] {
        let (source, target) = (node.inputShape, node.shape)
        let top = kernel.vertical.zeros(around: source.height).before
        let left = kernel.horizontal.zeros(around: source.width).before
        var output: [Double] = []
        for channel in 0..<target.channels {
            for row in 0..<target.height {
                for column in 0..<target.width {
                    let first = (row * kernel.verticalStride - top, column * kernel.horizontalStride - left)
                    let rows = (first.0..<first.0 + kernel.height).filter((0..<source.height).contains)
                    let columns = (first.1..<first.1 + kernel.width).filter((0..<source.width).contains)
                    output.append(
                        combine(
                            rows.flatMap { y in columns.map { input[(channel * source.height + y) * source.width + $0] }
                            }))
                }
            }
        }
        return output
    }

    private func spread(_ node: Graph.Node, _ kernel: KernelGeometry, _ input: [Double]) -> [Double] {
        let (source, target) = (node.inputShape, node.shape)
        let weight = parameter(node, 0)
        let bias = node.parameters.count > 1 ? parameter(node, 1) : []
        var output = (0..<target.count).map { bias.isEmpty ? 0 : bias[$0 / target.pixels] }
        for from in 0..<source.channels {
            for pixel in 0..<source.pixels {
                for channel in 0..<target.channels {
                    for tap in 0..<kernel.count {
                        let row = pixel / source.width * kernel.verticalStride + tap / kernel.width
                        let column = pixel % source.width * kernel.horizontalStride + tap % kernel.width
                        output[(channel * target.height + row) * target.width + column] +=
                            weight[(from * target.channels + channel) * kernel.count + tap]
                            * input[from * source.pixels + pixel]
                    }
                }
            }
        }
        return output
    }

    private func slide(_ node: Graph.Node, _ kernel: KernelGeometry, _ input: [Double], groups: Bool) -> [Double] {
        let source = node.inputShape
        let target = node.shape
        let weight = parameter(node, 0)
        let bias = node.parameters.count > 1 ? parameter(node, 1) : []
        let top = kernel.vertical.zeros(around: source.height).before
        let left = kernel.horizontal.zeros(around: source.width).before
        var output = [Double](repeating: 0, count: target.count)
        for channel in 0..<target.channels {
            let inputs = groups ? channel..<channel + 1 : 0..<source.channels
            for row in 0..<target.height {
                for column in 0..<target.width {
                    var sum = bias.isEmpty ? 0 : bias[channel]
                    for from in inputs {
                        for y in 0..<kernel.height {
                            for x in 0..<kernel.width {
                                let sourceRow = row * kernel.verticalStride + y - top
                                let sourceColumn = column * kernel.horizontalStride + x - left
                                guard (0..<source.height).contains(sourceRow), (0..<source.width).contains(sourceColumn)
                                else { continue }
                                let tap =
                                    ((groups ? channel : channel * source.channels + from) * kernel.height + y)
                                    * kernel.width + x
                                sum +=
                                    weight[tap]
                                    * input[(from * source.height + sourceRow) * source.width + sourceColumn]
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
