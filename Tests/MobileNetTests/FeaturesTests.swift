import Testing

@testable import MobileNet

/// The vector before the classifier.
@Suite(.timeLimit(.minutes(20))) struct FeaturesTests {
    @Test(arguments: [
        (Architecture(.mobileNetV1, width: 0.25), "head.mean", 256),
        (Architecture(.mobileNetV2, width: 0.35), "head.mean", 1280),
        (.mobileNetV3Small, "hidden.hardSwish", 1024), (.efficientNetLite0, "head.mean", 1280),
    ])
    func featuresAreWhatTheClassifierReads(_ architecture: Architecture, _ last: String, _ count: Int) throws {
        let whole = try architecture.graph(resolution: 32, classes: 10)
        let graph = try whole.withoutClassifier()
        #expect(graph[graph.output].name == last)
        #expect(graph[graph.output].shape == Shape(channels: count))
        #expect(graph.nodes == Array(whole.nodes.prefix(graph.nodes.count)))

        let weights = PlanTests.weights(of: whole)
        let input = Seeded.uniform("input", count: whole[whole.input].shape.count)
        let expected = try #require(ReferenceInterpreter(graph: graph, weights: weights).run(input).last)
        let plan = try Plan(graph: graph, weights: weights, normalization: .symmetric, instructionSet: .best)
        let scale = expected.map(abs).max() ?? 0
        let difference = zip(expected, plan.logits(for: input)).map { abs($0 - Double($1)) }.max() ?? .infinity
        #expect(difference < 1e-4 * scale)
    }

    /// One run gives scores and features: the same numbers as the network without its classifier.
    @Test(arguments: [
        Architecture(.mobileNetV1, width: 0.25), .mobileNetV3Small, .efficientNetLite0,
    ])
    func aRunOfTheWholeNetworkGivesItsFeaturesToo(_ architecture: Architecture) throws {
        let whole = try architecture.graph(resolution: 32, classes: 10)
        let weights = PlanTests.weights(of: whole)
        let input = Seeded.uniform("input", count: whole[whole.input].shape.count)
        func plan(_ graph: Graph) throws -> Plan {
            try Plan(graph: graph, weights: weights, normalization: .symmetric, instructionSet: .best)
        }
        let alone = try plan(whole.withoutClassifier())
        let session = Session(plan: try plan(whole))
        for _ in 0..<2 {
            try session.load(tensor: input.span)
            session.run()
            #expect(session.features == alone.logits(for: input))
        }
        #expect(try plan(whole).featureCount == alone.outputCount)
    }

    /// Networks of other programs go on behind the classifier, and have it as a convolution of one pixel.
    @Test func whatComesBehindTheClassifierIsCutOffToo() throws {
        var graph = Graph(
            input: Shape(channels: 3, height: 8, width: 8), quantization: Quantization(scale: 1, zeroPoint: 0))
        let mean = try graph.add(
            .globalAveragePool, named: "mean", to: graph.input, quantization: Quantization(scale: 0.5, zeroPoint: 7))
        let logits = try graph.add(.convolution(outputs: 5, kernel: .pixel, bias: true), named: "logits", to: mean)
        let softmax = try graph.add(.softmax, named: "softmax", to: logits)
        _ = try graph.add(.dequantize, named: "last", to: softmax)
        let features = try graph.withoutClassifier()
        #expect(features.nodes == Array(graph.nodes.prefix(2)))
    }

    @Test func layersThatOnlyTheClassifierNeedsAreLeftOut() throws {
        var graph = Graph(input: Shape(channels: 3, height: 8, width: 8))
        let other = try graph.add(.globalAveragePool, named: "other", to: graph.input)
        let gate = try graph.add(.dense(outputs: 4), named: "gate", to: other)
        let mean = try graph.add(.globalAveragePool, named: "mean", to: graph.input)
        let logits = try graph.add(.dense(outputs: 4), named: "logits", to: mean)
        _ = try graph.add(.multiply, named: "gated", to: logits, gate)
        #expect(try graph.withoutClassifier().nodes.map(\.name) == ["input", "mean"])
    }

    @Test func aNetworkWithoutAClassifierHasNoFeatures() throws {
        var graph = Graph(input: Shape(channels: 3, height: 8, width: 8))
        _ = try graph.add(.globalAveragePool, named: "mean", to: graph.input)
        let error = #expect(throws: GraphError.self) { try graph.withoutClassifier() }
        #expect(
            error?.description
                == "layer 1, \"mean\": no fully connected layer precedes it, so there is no feature vector")
    }

    @Test func aNetworkThatGivesNoVectorHasNoFeatures() throws {
        var graph = Graph(input: Shape(channels: 3, height: 8, width: 8))
        let mean = try graph.add(.globalAveragePool, named: "mean", to: graph.input)
        let boxes = try graph.add(.convolution(outputs: 24, kernel: .pixel, bias: true), named: "boxes", to: mean)
        _ = try graph.add(.reshape(channels: 4), named: "table", to: boxes)
        let error = #expect(throws: GraphError.self) { try graph.withoutClassifier() }
        #expect(error?.reason.contains("no vector of classes") == true)
    }

    /// Of files of other programs, of bytes too: the vector has as many numbers as the classifier takes.
    @Test(
        .enabled(if: Shared.isThere, Shared.comment),
        arguments: [
            ("mobilenet_v1_0.25_224_float.tflite", 256), ("mobilenet_v1_0.25_224_quant.tflite", 256),
            ("mobilenet_v2_1.0_224_quant.tflite", 1280), ("v3-small_224_1.0_uint8.tflite", 1024),
            ("vww_96_int8.tflite", 256),
        ])
    func importedNetworksHaveFeaturesToo(_ file: String, _ count: Int) throws {
        let model = try Shared.model(file)
        let plan = try model.featuresPlan(for: .best)
        #expect(plan.outputShape == Shape(channels: count))
        let input = plan.inputShape
        let pixels = (0..<input.count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let features = plan.output(forPixels: pixels)
        #expect(features.contains { $0 != 0 })
        let whole = try model.plan(for: .best)
        #expect(whole.featureCount == count)
        let session = Session(plan: whole)
        try session.load(pixels: pixels.span, bytesPerRow: 3 * input.width)
        session.run()
        #expect(session.features == features)
        let graph = try model.graph()
        #expect(graph.table.map(\.parameters).reduce(0, +) == graph.learnedParameterCount)
        #expect(graph.table.map(\.multiplyAdds).reduce(0, +) == graph.multiplyAdds)
    }
}
