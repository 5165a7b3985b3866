import KernelInterface
import Testing

@testable import MobileNet

/// A plan of bytes computes the bytes that TensorFlow Lite's reference kernels would, however it packs and rounds.
@Suite(.timeLimit(.minutes(20))) struct IntegerPlanTests {
    @Test(arguments: 0..<20)
    func plansOfRandomGraphsComputeTheReferencesBytes(_ tens: Int) throws {
        for seed in UInt64(10 * tens)..<UInt64(10 * tens + 10) {
            var maker = try RandomByteGraph(seed: seed)
            let image = maker.image()
            let graph = maker.graph
            let planes = try #require(ByteInterpreter(graph: graph, weights: maker.weights).run(image).last)
            let shape = graph[graph.output].shape
            let expected = (0..<shape.count).map {
                UInt8(planes[$0 % shape.channels * shape.pixels + $0 / shape.channels])
            }
            for (instructionSet, threads) in InstructionSet.supported.flatMap({ [($0, 1), ($0, 3)] }) {
                let session = Session(plan: try Self.plan(graph, maker.weights, instructionSet), threads: threads)
                session.load(pixels: image, bytesPerRow: 3 * graph[graph.input].shape.width)
                for _ in 0..<2 {
                    let numbers = Array(session.run())
                    let bytes = Array(try #require(session.quantizedOutput))
                    let differing = zip(bytes, expected).count { $0 != $1 }
                    #expect(
                        bytes.count == expected.count && differing == 0,
                        "seed \(seed), \(instructionSet): \(differing) of \(expected.count) differ; \(graph.nodes.map(\.layer))"
                    )
                    let quantization = try #require(graph[graph.output].quantization)
                    #expect(numbers == bytes.map(quantization.dequantized))
                }
            }
        }
    }

    @Test func sessionsOfOnePlanDoNotDisturbEachOther() throws {
        var maker = try RandomByteGraph(seed: 3)
        let images = [maker.image(), maker.image()]
        let plan = try Self.plan(maker.graph, maker.weights, .best)
        let sessions = images.map { image in
            let session = Session(plan: plan)
            session.load(pixels: image, bytesPerRow: 3 * plan.inputShape.width)
            return session
        }
        let together = sessions.map { Array($0.run()) }
        #expect(together == sessions.map { Array($0.run()) }, "a second run gives the same")
        #expect(together == images.map { image in plan.output(forPixels: image) })
    }

    @Test func aImageGoesThroughTheTableThatItsQuantizationAsksFor() throws {
        var graph = Graph(input: Shape(channels: 3, height: 1, width: 1))
        var value = try graph.add(
            .quantize, named: "bytes", to: [graph.input], quantization: .init(scale: 0.5, zeroPoint: 10))
        value = try graph.add(
            .convolution(outputs: 3, kernel: .pixel, bias: false), named: "copy", to: [value],
            quantization: .init(scale: 0.5, zeroPoint: 10))
        _ = try graph.add(.dequantize, named: "numbers", to: [value])
        let identity = try QuantizedTensor(
            shape: [3, 3, 1, 1], values: .int8([1, 0, 0, 0, 1, 0, 0, 0, 1]), scales: [1], zeroPoint: 0)
        let weights = Weights(quantized: ["copy.weight": identity])
        let plan = try Plan(
            graph: graph, weights: weights,
            normalization: InputNormalization(mean: 100, standardDeviation: 2, colours: .bgr),
            instructionSet: .best)
        let session = Session(plan: plan)
        session.load(pixels: [100, 104, 103], bytesPerRow: 3)
        #expect(Array(session.run()) == [1.5, 2, 0])
        #expect(session.quantizedOutput.map(Array.init) == [13, 14, 10])
        let numbers: [Float] = [0.5, -20, 1000]
        numbers.withUnsafeBufferPointer(session.load(tensor:))
        #expect(Array(session.run()) == [0.5, -5, 122.5])
    }

    @Test func whatTheEngineLacksIsNamed() throws {
        let bytes = Quantization(scale: 0.1, zeroPoint: 0)
        var graph = Graph(input: Shape(channels: 3, height: 4, width: 4), quantization: bytes)
        let value = try graph.add(.activation(.relu), named: "first", to: [graph.input], quantization: bytes)
        _ = try graph.add(.globalAveragePool, named: "mean", to: [value])
        let error = #expect(throws: GraphError.self) { try Self.plan(graph, Weights(), .best) }
        #expect(
            error?.description
                == "layer 2, \"mean\": not supported: a float layer among quantized layers")
    }

    @Test func parametersLieWhereTheLoopsLookForThem() {
        #expect(MemoryLayout<ChannelParameters>.stride == 960)
        #expect(MemoryLayout<ChannelParameters>.offset(of: \.oddMultiplier) == 128)
        #expect(MemoryLayout<ChannelParameters>.offset(of: \.rounding) == 192)
        #expect(MemoryLayout<ChannelParameters>.offset(of: \.rectifiedShift) == 320)
        #expect(MemoryLayout<ChannelParameters>.offset(of: \.zeroPoint) == 704)
        #expect(MemoryLayout<ChannelParameters>.offset(of: \.scale) == 768)
        #expect(MemoryLayout<ChannelParameters>.offset(of: \.floatZeroPoint) == 832)
        #expect(MemoryLayout<ChannelParameters>.offset(of: \.functionScale) == 896)
    }

    private static func plan(_ graph: Graph, _ weights: Weights, _ instructionSet: InstructionSet) throws -> Plan {
        try Plan(graph: graph, weights: weights, normalization: .bytes(of: graph), instructionSet: instructionSet)
    }
}

extension InputNormalization {
    /// That with which an image's bytes are the input's, as they are.
    fileprivate static func bytes(of graph: Graph) -> InputNormalization {
        guard let quantization = graph[graph.input].quantization else { return .symmetric }
        return InputNormalization(mean: Float(quantization.zeroPoint), standardDeviation: 1 / quantization.scale)
    }
}
