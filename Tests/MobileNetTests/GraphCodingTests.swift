import Foundation
import Testing

@testable import MobileNet

/// Graphs of networks that no table describes are kept in files as text.
@Suite(.timeLimit(.minutes(20))) struct GraphCodingTests {
    @Test func aGraphReadsBackAsItWasWritten() throws {
        for seed in 0..<20 as Range<UInt64> {
            let graph = try RandomGraph.make(seed: seed)
            #expect(try JSONDecoder().decode(Graph.self, from: JSONEncoder().encode(graph)) == graph)
        }
        let graph = try Self.quantizedGraph()
        #expect(try JSONDecoder().decode(Graph.self, from: JSONEncoder().encode(graph)) == graph)
        #expect(graph.isQuantized)
    }

    /// Model files keep the layer keys of the first version, whatever the cases of ``Layer`` are called.
    @Test func theKeysOfTheFileFormatDoNotChange() throws {
        let graph = try JSONDecoder().decode(Graph.self, from: Data(Self.fileFormat.utf8))
        #expect(graph.nodes.count == 22)
        #expect(graph.nodes[9].layer == .averagePool(KernelGeometry(size: 2, stride: 2, padding: .valid)))
        #expect(graph.nodes[18].layer == .rowConcatenation)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(graph), as: UTF8.self) == Self.fileFormat)
    }

    /// A graph with every layer, as a model file holds it.
    private static let fileFormat = """
        {"input":{"channels":3,"height":8,"width":8},"layers":[\
        {"inputs":[0],"layer":{"convolution":{"bias":true,"outputs":4,"window":{"height":3,"horizontalStride":1,"padding":{"symmetric":{}},"verticalStride":1,"width":3}}},"name":"n1"},\
        {"inputs":[1],"layer":{"normalization":{"epsilon":0.25}},"name":"n2"},\
        {"inputs":[2],"layer":{"activation":{"_0":2}},"name":"n3"},\
        {"inputs":[3],"layer":{"quantize":{}},"name":"n4","quantization":{"scale":0.5,"zeroPoint":3}},\
        {"inputs":[4],"layer":{"dequantize":{}},"name":"n5"},\
        {"inputs":[5],"layer":{"depthwise":{"bias":false,"window":{"height":3,"horizontalStride":1,"padding":{"same":{}},"verticalStride":1,"width":3}}},"name":"n6"},\
        {"inputs":[6],"layer":{"transposedConvolution":{"bias":true,"outputs":4,"window":{"height":2,"horizontalStride":2,"padding":{"explicit":{"bottom":0,"left":0,"right":0,"top":0}},"verticalStride":2,"width":2}}},"name":"n7"},\
        {"inputs":[7],"layer":{"maximumPool":{"_0":{"height":2,"horizontalStride":2,"padding":{"explicit":{"bottom":0,"left":0,"right":0,"top":0}},"verticalStride":2,"width":2}}},"name":"n8"},\
        {"inputs":[8],"layer":{"meanPool":{"_0":{"height":2,"horizontalStride":2,"padding":{"explicit":{"bottom":0,"left":0,"right":0,"top":0}},"verticalStride":2,"width":2}}},"name":"n9"},\
        {"inputs":[9],"layer":{"upsample":{"factor":2}},"name":"n10"},\
        {"inputs":[10,6],"layer":{"add":{}},"name":"n11"},\
        {"inputs":[11,6],"layer":{"concatenation":{}},"name":"n12"},\
        {"inputs":[12],"layer":{"globalMean":{}},"name":"n13"},\
        {"inputs":[13],"layer":{"dense":{"outputs":4}},"name":"n14"},\
        {"inputs":[11,14],"layer":{"multiply":{}},"name":"n15"},\
        {"inputs":[12],"layer":{"rows":{"_0":4}},"name":"n16"},\
        {"inputs":[15],"layer":{"rows":{"_0":2}},"name":"n17"},\
        {"inputs":[16,16],"layer":{"stack":{}},"name":"n18"},\
        {"inputs":[17,17],"layer":{"stack":{}},"name":"n19"},\
        {"inputs":[19],"layer":{"softmax":{}},"name":"n20"},\
        {"inputs":[18,20],"layer":{"detections":{"_0":{"classes":2,"classesPerBox":1,"isPerClass":false,"most":5,"mostPerClass":100,"overlapThreshold":0.75,"scales":[10,10,5,5],"scoreThreshold":0.5}}},"name":"n21"}]}
        """

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
        #"{"input":{"channels":3,"height":4,"width":0},"layers":[{"name":"a","inputs":[0],"layer":{"globalMean":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":99999999},"layers":[{"name":"a","inputs":[0],"layer":{"globalMean":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[1],"layer":{"globalMean":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[-1],"layer":{"globalMean":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[],"layer":{"globalMean":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"input","inputs":[0],"layer":{"globalMean":{}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[0],"layer":{"rows":{"_0":0}}}]}"#,
        #"{"input":{"channels":3,"height":4,"width":4},"layers":[{"name":"a","inputs":[0],"layer":{"maximumPool":{"_0":{"height":2,"width":2,"verticalStride":0,"horizontalStride":1,"padding":{"same":{}}}}}}]}"#,
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
