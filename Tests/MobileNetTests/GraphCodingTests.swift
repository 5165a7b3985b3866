import Foundation
import Testing

@testable import MobileNet

/// Graphs of networks that no table describes are kept in files as text.
@Suite struct GraphCodingTests {
    @Test func aGraphReadsBackAsItWasWritten() throws {
        for seed in 0..<20 as Range<UInt64> {
            let graph = try RandomGraph.make(seed: seed)
            #expect(try JSONDecoder().decode(Graph.self, from: JSONEncoder().encode(graph)) == graph)
        }
        let graph = try Self.quantizedGraph()
        #expect(try JSONDecoder().decode(Graph.self, from: JSONEncoder().encode(graph)) == graph)
        #expect(graph.isQuantized)
    }

    @Test func aQuantizedModelReadsBackAsItWasWritten() throws {
        try withTemporaryFolder { folder in
            let weights = Weights(
                ["unused": Tensor(shape: [1], values: [7])],
                quantized: [
                    "stem.weight": try QuantizedTensor(
                        shape: [2, 3, 1, 1], values: .int8([-128, 127, 0, 1, 2, 3]), scales: [0.5, 0.25], zeroPoint: 0),
                    // More than a Float can hold exactly.
                    "stem.bias": try QuantizedTensor(
                        shape: [2], values: .int32([16_777_217, -5]), scales: [0.5], zeroPoint: 0),
                ])
            let model = Model(
                name: "bytes", network: .graph(try Self.quantizedGraph()),
                labels: Labels(names: ["background", "cat"]),
                head: Head(activation: .none, hasBackground: true),
                normalization: InputNormalization(mean: 127.5, standardDeviation: 127.5, colours: .bgr), source: "",
                licence: "",
                weights: weights)
            try model.write(folder + "/bytes.safetensors")
            let read = try Model.read(folder + "/bytes.safetensors")
            #expect(try read.graph() == model.graph())
            #expect(read.weights.quantized == weights.quantized)
            #expect(read.weights.tensors == weights.tensors)
            #expect(read.head == model.head)
            #expect(read.normalization == model.normalization)
            #expect(read.reportedLabels == ["cat"])
        }
    }

    @Test(arguments: [
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[]}"#,
        #"{"input":{"channels":3,"height":4,"width":0},"layers":[{"name":"a","inputs":[0],"layer":{"globalAveragePool":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":99999999},"layers":[{"name":"a","inputs":[0],"layer":{"globalAveragePool":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[1],"layer":{"globalAveragePool":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[-1],"layer":{"globalAveragePool":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[],"layer":{"globalAveragePool":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"input","inputs":[0],"layer":{"globalAveragePool":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[0],"layer":{"rows":{"_0":0}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[0],"layer":{"maxPool":{"_0":{"height":2,"width":2,"verticalStride":0,"horizontalStride":1,"padding":{"same":{}}}}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[0],"layer":{"dense":{"outputs":9223372036854775807}}}]}"#,
    ])
    func whatCannotBeIsRefused(_ text: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Graph.self, from: Data(text.utf8)) }
    }

    /// A convolution of one pixel, and the mean.
    static func quantizedGraph() throws -> Graph {
        var graph = Graph(
            input: Shape(channels: 3, height: 4, width: 4), quantization: Quantization(scale: 1 / 128, zeroPoint: 128))
        let quantization = Quantization(scale: 0.1, zeroPoint: 3)
        let stem = try graph.add(
            .convolution(outputs: 2, kernel: .pixel, bias: true), named: "stem", to: graph.input,
            quantization: quantization)
        let relu = try graph.add(.activation(.relu6), named: "relu", to: stem, quantization: quantization)
        _ = try graph.add(.globalAveragePool, named: "mean", to: relu, quantization: quantization)
        return graph
    }
}
