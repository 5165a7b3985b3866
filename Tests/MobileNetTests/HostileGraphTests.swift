import Foundation
import Testing

@testable import MobileNet

/// Graphs that no importer makes, but a file may have: they are computed as they say, or refused in a sentence.
@Suite(.timeLimit(.minutes(20))) struct HostileGraphTests {
    // MARK: - Dead layers

    @Test(arguments: InstructionSet.supported, [1, 3])
    func boxesOfLayersThatNothingReadsOverwriteNothing(_ instructionSet: InstructionSet, _ dead: Int) throws {
        let alone = try Self.boxNetwork(dead: 0)
        let together = try Self.boxNetwork(dead: dead)
        let weights = Self.weights(of: together)
        #expect(
            try Self.output(of: together, weights, instructionSet) == Self.output(of: alone, weights, instructionSet))
    }

    @Test(arguments: InstructionSet.supported)
    func everyLayerOfBoxesHasMemoryOfItsOwn(_ instructionSet: InstructionSet) throws {
        let graph = try Self.boxNetwork(dead: 3)
        let plan = try Self.plan(graph, Self.weights(of: graph), instructionSet)
        // Three tables of 10000 rows of six numbers, of which none is needed while another is written.
        #expect(plan.sessionBytes > 10_000 * 6 * 4)
    }

    @Test func layersThatNothingReadsAreDroppedWhenAGraphIsRead() throws {
        let file = try JSONEncoder().encode(Self.boxNetwork(dead: 3))
        #expect(try JSONDecoder().decode(Graph.self, from: file) == Self.boxNetwork(dead: 0))
    }

    @Test func aFileWithDeadLayersOfBoxesIsReadAndRun() throws {
        let graph = try Self.boxNetwork(dead: 3)
        let model = Model(
            name: "boxes", network: .graph(graph), labels: Labels(names: ["a", "b", "c", "d"]),
            normalization: .symmetric, source: "", licence: "", weights: Self.weights(of: graph))
        try withTemporaryFolder { folder in
            try model.write(folder + "/boxes.safetensors")
            let read = try Model.read(folder + "/boxes.safetensors")
            let output = try Self.output(of: read.graph(), read.weights, .best)
            #expect(try output == Self.output(of: Self.boxNetwork(dead: 0), model.weights, .best))
        }
    }

    // MARK: - Wrong numbers

    /// The border that a window needs was taken for pixels by the transposed convolution.
    @Test(arguments: InstructionSet.supported)
    func aWindowAndATransposedConvolutionMayReadTheSameValue(_ instructionSet: InstructionSet) throws {
        var graph = Graph(input: Shape(channels: 3, height: 6, width: 5))
        let stem = try graph.add(.convolution(outputs: 5, kernel: .pixel, bias: true), named: "stem", to: graph.input)
        let kernel = KernelGeometry(height: 2, width: 2, verticalStride: 2, horizontalStride: 2, padding: .valid)
        let spread = try graph.add(
            .transposedConvolution(outputs: 5, kernel: kernel, bias: true), named: "spread", to: stem)
        let around = try graph.add(.depthwise(kernel: KernelGeometry(size: 3), bias: true), named: "around", to: stem)
        let large = try graph.add(.upsample(factor: 2), named: "large", to: around)
        _ = try graph.add(.add, named: "sum", to: spread, large)
        try Self.expectReference(graph, instructionSet)
    }

    /// The mean was written as one stretch, also where blocks lie further apart.
    @Test(arguments: InstructionSet.supported)
    func theMeanOfBytesIsReadByAWindow(_ instructionSet: InstructionSet) throws {
        let step = Quantization(scale: 0.1, zeroPoint: 10)
        var graph = Graph(input: Shape(channels: 3, height: 4, width: 4), quantization: step)
        let stem = try graph.add(
            .convolution(outputs: 40, kernel: .pixel, bias: true), named: "stem", to: graph.input, quantization: step)
        let mean = try graph.add(.globalAveragePool, named: "mean", to: stem, quantization: step)
        let around = try graph.add(
            .depthwise(kernel: KernelGeometry(size: 3), bias: true), named: "around", to: mean, quantization: step)
        var alone = graph
        _ = try graph.add(.activation(.linear), named: "end", to: around, quantization: step)
        // The same window without its border: only its middle sees anything.
        let middle = try alone.add(
            .depthwise(kernel: .pixel, bias: true), named: "middle", to: mean, quantization: step)
        _ = try alone.add(.activation(.linear), named: "end", to: middle, quantization: step)
        var weights = Self.weights(of: graph)
        guard case .int8(let taps)? = weights.quantized["around.weight"]?.values,
            let wide = weights.quantized["around.weight"]
        else { return }
        weights.quantized["middle.weight"] = try QuantizedTensor(
            shape: [40, 1, 1, 1], values: .int8((0..<40).map { taps[9 * $0 + 4] }), scales: wide.scales,
            zeroPoint: wide.zeroPoint)
        weights.quantized["middle.bias"] = weights.quantized["around.bias"]
        #expect(try Self.output(of: graph, weights, instructionSet) == Self.output(of: alone, weights, instructionSet))
    }

    /// The factors of the image's channels were left out.
    @Test func theImageTimesFactorsIsRefused() throws {
        var graph = Graph(input: Shape(channels: 3, height: 4, width: 4))
        let mean = try graph.add(.globalAveragePool, named: "mean", to: graph.input)
        let product = try graph.add(.multiply, named: "product", to: graph.input, mean)
        _ = try graph.add(.convolution(outputs: 2, kernel: .pixel, bias: false), named: "out", to: product)
        Self.expectRefused(graph, "not supported")
    }

    @Test func theImageItselfIsNoOutput() throws {
        let step = Quantization(scale: 0.1, zeroPoint: 10)
        var graph = Graph(input: Shape(channels: 3, height: 4, width: 4), quantization: step)
        let stem = try graph.add(
            .convolution(outputs: 2, kernel: .pixel, bias: true), named: "stem", to: graph.input, quantization: step)
        _ = try graph.add(.globalAveragePool, named: "mean", to: stem, quantization: step)
        _ = try graph.add(.dequantize, named: "numbers", to: graph.input)
        Self.expectRefused(graph, "the image as the output")
        // Nor if nothing else is there.
        Self.expectRefused(try graph.subgraph(upTo: graph.output), "does not read an image")
    }

    // MARK: - What once trapped

    @Test(arguments: [0x1p-140, 1e-30, 1e30] as [Float])
    func scalesBeyondAllSenseAreRefused(_ scale: Float) throws {
        let step = Quantization(scale: scale, zeroPoint: 3)
        var graph = Graph(input: Shape(channels: 3, height: 4, width: 4))
        let error = #expect(throws: GraphError.self) {
            try graph.add(.quantize, named: "bytes", to: graph.input, quantization: step)
        }
        #expect(error?.reason.contains("scales go from 1e-18 to 1e+18") == true)
        let text =
            #"{"input":{"channels":3,"height":4,"width":4},"quantization":{"scale":\#(scale),"zeroPoint":0},"layers":[]}"#
        #expect(throws: GraphError.self) { try JSONDecoder().decode(Graph.self, from: Data(text.utf8)) }
    }

    @Test func boxesAreNoBytes() throws {
        var graph = try Self.boxNetwork(dead: 1)
        let tables = graph.nodes.indices.filter { graph.nodes[$0].name.hasPrefix("table") }.map(Graph.Value.init)
        let parameters = Self.parameters
        let error = #expect(throws: GraphError.self) {
            try graph.add(
                .detections(parameters), named: "d", to: tables, quantization: Quantization(scale: 1, zeroPoint: 0))
        }
        #expect(error?.reason == "its output is float32, which has no quantization")
    }

    @Test func anImageOfMorePixelsThanThereAreNumbersIsRefused() {
        let text = #"{"input":{"channels":3,"height":9223372036854775807,"width":2},"layers":[]}"#
        let error = #expect(throws: GraphError.self) { try JSONDecoder().decode(Graph.self, from: Data(text.utf8)) }
        #expect(error?.reason.contains("is impossible") == true)
    }

    @Test func aFactorThatIsNoNumberMakesZeros() throws {
        let step = Quantization(scale: 1, zeroPoint: 0)
        #expect(LookupTable(from: step, to: step) { $0 * .infinity * 0 }.values.allSatisfy { $0 == 0 })
    }

    /// Memory for the boxes that are kept was asked for before any was found: for all classes at once.
    @Test func manyClassesOfBoxesTakeNoMemoryThatTheyDoNotNeed() throws {
        var parameters = Self.parameters
        (parameters.classes, parameters.isPerClass, parameters.mostPerClass) = (1 << 20, true, 10_000)
        let room = UnsafeMutablePointer<Float>.allocate(capacity: 1 << 20)
        defer { room.deallocate() }
        room.initialize(repeating: 0.5, count: 1 << 20)
        func table(_ channels: Int, _ height: Int) -> BlockedTensor {
            BlockedTensor(
                Buffer(shape: Shape(channels: channels, height: height, width: 1), border: .init(), lanes: channels),
                in: room)
        }
        let output = UnsafeMutablePointer<Float>.allocate(capacity: 6 * parameters.most)
        defer { output.deallocate() }
        let boxes = Shape(channels: 6, height: parameters.most, width: 1)
        Detections(
            boxes: table(4, 1), scores: table(1 << 20, 1), anchors: [0, 0, 1, 1], parameters: parameters,
            output: BlockedTensor(Buffer(shape: boxes, border: .init(), lanes: 6), in: output)
        ).run()
        // Of equal scores the lower row comes first, then the lower class.
        #expect((0..<4).map { output[6 * $0 + 4] } == [0, 1, 2, 3])
    }
}

// MARK: - Networks

extension HostileGraphTests {
    private static let parameters = DetectionParameters(
        most: 10_000, classes: 2, scoreThreshold: 0, overlapThreshold: 0.5, scales: [10, 10, 5, 5])

    /// A network of bytes with four classes, and beside them layers of boxes that nothing reads.
    static func boxNetwork(dead: Int) throws -> Graph {
        let step = Quantization(scale: 0.1, zeroPoint: 10)
        var graph = Graph(input: Shape(channels: 3, height: 4, width: 4), quantization: step)
        let stem = try graph.add(
            .convolution(outputs: 12, kernel: .pixel, bias: true), named: "stem", to: graph.input, quantization: step)
        var tables: [Graph.Value] = []
        if dead > 0 {
            tables = [
                try graph.add(.reshape(channels: 4), named: "table 1", to: stem, quantization: step),
                try graph.add(
                    .convolution(outputs: 9, kernel: .pixel, bias: true), named: "nine", to: stem, quantization: step),
            ]
            tables[1] = try graph.add(.reshape(channels: 3), named: "table 2", to: tables[1], quantization: step)
        }
        for index in 0..<dead { _ = try graph.add(.detections(parameters), named: "dead \(index)", to: tables) }
        let mean = try graph.add(.globalAveragePool, named: "mean", to: stem, quantization: step)
        _ = try graph.add(.dense(outputs: 4), named: "out", to: mean, quantization: step)
        return graph
    }

    /// The same for layers of the same names.
    static func weights(of graph: Graph) -> Weights {
        var weights = Weights()
        for node in graph.nodes {
            var single = Graph(input: node.inputShape, quantization: node.quantization)
            guard !node.parameters.isEmpty, node.inputs.count == 1,
                (try? single.add(node.layer, named: node.name, to: single.input, quantization: node.quantization))
                    != nil
            else { continue }
            var random = SplitMix(seed: UInt64(node.name.utf8.reduce(0) { $0 * 31 + Int($1) }))
            let own = GraphWeights.make(for: single, using: &random)
            weights.quantized.merge(own.quantized) { first, _ in first }
            for (name, tensor) in own.tensors { weights[name] = tensor }
        }
        for parameter in graph.parameters where parameter.name.hasSuffix(".anchors") {
            weights[parameter.name] = Tensor(
                shape: parameter.shape, values: Array(repeating: 0.5, count: parameter.count))
        }
        return weights
    }

    static func plan(_ graph: Graph, _ weights: Weights, _ instructionSet: InstructionSet) throws -> Plan {
        try Plan(graph: graph, weights: weights, normalization: .symmetric, instructionSet: instructionSet)
    }

    static func output(of graph: Graph, _ weights: Weights, _ instructionSet: InstructionSet) throws -> [Float] {
        let input = Seeded.uniform("input", count: graph[graph.input].shape.count)
        return try plan(graph, weights, instructionSet).logits(for: input)
    }

    /// What a plan computes is what the graph says.
    static func expectReference(_ graph: Graph, _ instructionSet: InstructionSet) throws {
        let weights = weights(of: graph)
        let input = Seeded.uniform("input", count: graph[graph.input].shape.count)
        let planes = try #require(ReferenceInterpreter(graph: graph, weights: weights).run(input).last)
        let shape = graph[graph.output].shape
        let expected = (0..<shape.count).map { planes[$0 % shape.channels * shape.pixels + $0 / shape.channels] }
        let computed = try output(of: graph, weights, instructionSet)
        #expect(zip(expected, computed).allSatisfy { abs($0 - Double($1)) < 1e-4 }, "\(instructionSet)")
    }

    static func expectRefused(_ graph: Graph, _ reason: String) {
        let error = #expect(throws: GraphError.self) { try plan(graph, weights(of: graph), .portable) }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }
}
