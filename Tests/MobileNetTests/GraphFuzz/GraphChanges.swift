@testable import MobileNet

/// Graphs made of other graphs.
extension Graph {
    /// The same graph with some layers changed, left out, or reading something else: what then does not fit is left out, too.
    func mutated(using random: inout SplitMix) -> Graph {
        var result = Graph(input: self[input].shape, quantization: self[input].quantization)
        var places: [Value: Value] = [input: result.input]
        for (index, node) in nodes.enumerated().dropFirst() {
            let changes = Int.random(in: 0..<8, using: &random)
            if changes == 0 { continue }
            var inputs = node.inputs.map { places[$0] ?? result.output }
            if changes == 1, let other = result.nodes.indices.randomElement(using: &random) {
                inputs[inputs.count - 1] = Value(index: other)
            }
            let layer = changes == 2 ? node.layer.mutated(using: &random) : node.layer
            let quantization =
                changes == 3
                ? places.keys.randomElement(using: &random).flatMap { self[$0].quantization } : node.quantization
            var next = result
            guard let value = try? next.add(layer, named: node.name, to: inputs, quantization: quantization),
                next[value].isSmall, next[value].multiplyAdds < GraphGenerator.mostMultiplyAdds
            else { continue }
            result = next
            places[Value(index: index)] = value
        }
        return result
    }

    /// The same graph, and layers before its last one that nothing reads.
    func withDeadLayers(from other: Graph) -> Graph {
        var result = Graph(input: self[input].shape, quantization: self[input].quantization)
        for node in nodes.dropFirst().dropLast() { result.append(node, to: node.inputs) }
        let offset = result.nodes.count - 1
        var places = [other.input: result.output]
        for (index, node) in other.nodes.enumerated().dropFirst() {
            let inputs = node.inputs.compactMap { places[$0] }
            var next = result
            guard inputs.count == node.inputs.count,
                let value = try? next.add(
                    node.layer, named: "dead\(index)", to: inputs, quantization: node.quantization),
                next[value].isSmall, next[value].multiplyAdds < GraphGenerator.mostMultiplyAdds
            else { continue }
            result = next
            places[Value(index: index)] = value
        }
        guard let last = nodes.last, offset > 0 || nodes.count == 2 else { return self }
        result.append(last, to: last.inputs)
        return result
    }

    /// The same graph, with zeros added to one of its values: those of a convolution whose weights are zeros.
    ///
    /// - Returns: `nil` if nothing can be added to the value.
    func withZeros(addedTo index: Int) -> Graph? {
        let node = nodes[index]
        guard index > 0, !node.layer.isAlwaysFloat, isQuantized == (node.quantization != nil) else { return nil }
        var result = Graph(input: self[input].shape, quantization: self[input].quantization)
        var places: [Value: Value] = [input: result.input]
        for (at, node) in nodes.enumerated().dropFirst() {
            let inputs = node.inputs.compactMap { places[$0] }
            guard inputs.count == node.inputs.count else { return nil }
            result.append(node, to: inputs)
            places[Value(index: at)] = result.output
            if at == index {
                let value = result.output
                let zeros = Layer.convolution(outputs: node.shape.channels, kernel: .pixel, bias: true)
                guard let zero = try? result.add(zeros, named: "zeros", to: value, quantization: node.quantization),
                    let sum = try? result.add(.add, named: "sum", to: value, zero, quantization: node.quantization)
                else { return nil }
                places[Value(index: at)] = sum
            }
        }
        return result
    }

    private mutating func append(_ node: Node, to inputs: [Value]) {
        _ = try? add(node.layer, named: node.name, to: inputs, quantization: node.quantization)
    }
}

extension Layer {
    /// The same layer with another number in it.
    fileprivate func mutated(using random: inout SplitMix) -> Layer {
        func kernel(_ kernel: KernelGeometry) -> KernelGeometry {
            var kernel = kernel
            switch Int.random(in: 0..<5, using: &random) {
            case 0: kernel.height = Int.random(in: 1...9, using: &random)
            case 1: kernel.width = Int.random(in: 1...9, using: &random)
            case 2: kernel.verticalStride = Int.random(in: 1...1024, using: &random)
            case 3: kernel.horizontalStride = Int.random(in: 1...1024, using: &random)
            default: kernel.padding = Bool.random(using: &random) ? .same : .symmetric
            }
            return kernel
        }
        switch self {
        case .convolution(let outputs, let old, let bias):
            return .convolution(outputs: outputs, kernel: kernel(old), bias: bias)
        case .depthwise(let old, let bias): return .depthwise(kernel: kernel(old), bias: bias)
        case .averagePool(let old): return .averagePool(kernel(old))
        case .maxPool(let old): return .maxPool(kernel(old))
        case .dense: return .dense(outputs: Int.random(in: 1...90, using: &random))
        case .reshape: return .reshape(channels: Int.random(in: 1...20, using: &random))
        case .upsample: return .upsample(factor: Int.random(in: 1...4, using: &random))
        case .activation: return .activation(Activation.allCases.randomElement(using: &random) ?? .linear)
        case .add: return .multiply
        case .concatenation: return .rowConcatenation
        case .globalAveragePool: return .softmax
        default: return self
        }
    }
}
