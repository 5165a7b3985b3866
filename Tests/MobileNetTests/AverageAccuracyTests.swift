import Testing

@testable import MobileNet

/// Averages of large planes keep the digits of float32: one running sum of 40 000 equal values loses three of seven.
@Suite(.timeLimit(.minutes(20))) struct AverageAccuracyTests {
    private static let value: Float = 0.623275
    private static let (height, width) = (201, 200)

    /// A graph whose first layer gives ``value`` everywhere, and the average that `add` appends.
    private func expectExact(_ add: (inout Graph, Graph.Value) throws -> Void) throws {
        var graph = Graph(input: Shape(channels: 3, height: Self.height, width: Self.width))
        let constant = try graph.add(
            .convolution(outputs: 16, kernel: .pixel, bias: true), named: "constant", to: graph.input)
        try add(&graph, constant)
        var random = SplitMix(seed: 1)
        var weights = GraphWeights.make(for: graph, using: &random)
        weights["constant.weight"] = Tensor(shape: [16, 3, 1, 1], values: [Float](repeating: 0, count: 48))
        weights["constant.bias"] = Tensor(shape: [16], values: [Float](repeating: Self.value, count: 16))
        weights["same.weight"] = Tensor(shape: [16, 1, 1, 1], values: [Float](repeating: 1, count: 16))
        let input = [Float](repeating: 0, count: graph[graph.input].shape.count)
        for instructionSet in InstructionSet.allCases where instructionSet.isSupported {
            let bits = try WatchedRun(graph, weights, instructionSet, input: input, isApart: false).bits
            let largest = bits.map { abs(Float(bitPattern: $0) - Self.value) }.max() ?? .infinity
            #expect(largest < 1e-5, "\(instructionSet)")
        }
    }

    @Test func aGlobalAverageIsExact() throws {
        try expectExact { _ = try $0.add(.globalAveragePool, named: "mean", to: $1) }
    }

    /// The depthwise convolution gathers the sum while it writes.
    @Test func theAverageOfADepthwiseConvolutionIsExact() throws {
        try expectExact {
            let same = try $0.add(.depthwise(kernel: .pixel, bias: false), named: "same", to: $1)
            _ = try $0.add(.globalAveragePool, named: "mean", to: same)
        }
    }

    @Test func theAverageOfALargeKernelIsExact() throws {
        let all = KernelGeometry(
            height: Self.height, width: Self.width, verticalStride: 1, horizontalStride: 1, padding: .valid)
        try expectExact { _ = try $0.add(.averagePool(all), named: "mean", to: $1) }
    }
}
