@testable import MobileNet

/// Weights for any graph: random numbers, and random bytes where layers compute with bytes.
enum GraphWeights {
    static func make<Random: RandomNumberGenerator>(for graph: Graph, using random: inout Random) -> Weights {
        var weights = Weights()
        for node in graph.nodes {
            for parameter in node.parameters {
                if node.hasQuantizedWeights {
                    weights.quantized[parameter.name] = bytes(parameter, using: &random)
                } else {
                    let isUniform = node.quantization != nil
                    weights[parameter.name] = numbers(parameter, isUniform: isUniform, using: &random)
                }
            }
        }
        return weights
    }

    /// - Parameter isUniform: whether all channels are alike, as those of a sum or a product of bytes have to be.
    private static func numbers<Random: RandomNumberGenerator>(
        _ parameter: Parameter, isUniform: Bool, using random: inout Random
    ) -> Tensor {
        let fan = max(parameter.shape.dropFirst().reduce(1, *), 1)
        let range: ClosedRange<Float> =
            switch parameter.name.split(separator: ".").last {
            case "running_var": 0.5...2
            case "weight" where parameter.shape.count > 1:
                -(2 / Float(fan).squareRoot())...(2 / Float(fan).squareRoot())
            default: -1...1
            }
        let first = Float.random(in: range, using: &random)
        return Tensor(
            shape: parameter.shape,
            values: (0..<parameter.count).map { _ in isUniform ? first : Float.random(in: range, using: &random) })
    }

    private static func bytes<Random: RandomNumberGenerator>(
        _ parameter: Parameter, using random: inout Random
    ) -> QuantizedTensor? {
        let isBias = parameter.shape.count == 1
        let scales = (0..<(Bool.random(using: &random) ? 1 : parameter.shape[0])).map { _ in
            Float.random(in: 0.0005...0.05, using: &random)
        }
        if isBias {
            let most: Int32 = Int.random(in: 0..<20, using: &random) == 0 ? .max : 5000
            let values = (0..<parameter.count).map { _ in Int32.random(in: -most...most, using: &random) }
            return try? QuantizedTensor(shape: parameter.shape, values: .int32(values), scales: scales, zeroPoint: 0)
        }
        let zeroPoint = Bool.random(using: &random) ? 0 : Int32.random(in: -128...127, using: &random)
        let values = (0..<parameter.count).map { _ in Int8.random(in: -128...127, using: &random) }
        return try? QuantizedTensor(shape: parameter.shape, values: .int8(values), scales: scales, zeroPoint: zeroPoint)
    }
}
