import MobileNet

@testable import Watch

/// A network that classifies a frame by its colours: a 1×1 convolution, means, and a dense layer.
enum SmallNetwork {
    static let labels = ["one", "two", "three"]

    static func plan() throws -> Plan {
        var graph = Graph(input: Shape(channels: 3, height: 32, width: 32))
        let colours = try graph.add(
            .convolution(outputs: 3, kernel: .pixel, bias: false), named: "colours", to: graph.input)
        let means = try graph.add(.globalAveragePool, named: "means", to: colours)
        _ = try graph.add(.dense(outputs: 3), named: "classes", to: means)
        let identity: [Float] = [4, 0, 0, 0, 4, 0, 0, 0, 4]
        let weights = Weights([
            "colours.weight": Tensor(shape: [3, 3, 1, 1], values: identity),
            "classes.weight": Tensor(shape: [3, 3], values: identity),
            "classes.bias": Tensor(shape: [3], values: [0, 0, 0]),
        ])
        return try Plan(
            graph: graph, weights: weights, normalization: .imageNetStatistics, instructionSet: .best)
    }
}
