import Dispatch
import Testing

@testable import MobileNet

/// A plan computes what the graph says, however it folds, fuses, packs and places things.
@Suite(.timeLimit(.minutes(20))) struct PlanTests {
    @Test(arguments: 0..<15)
    func plansOfRandomGraphsComputeWhatTheGraphsSay(_ tens: Int) throws {
        for seed in UInt64(10 * tens)..<UInt64(10 * tens + 10) {
            let graph = try RandomGraph.make(seed: seed)
            let weights = Self.weights(of: graph)
            let input = Seeded.uniform("input \(seed)", count: graph[graph.input].shape.count)
            let expected = try #require(ReferenceInterpreter(graph: graph, weights: weights).run(input).last)
            let scale = max(1, expected.map(abs).max() ?? 0)
            for instructionSet in InstructionSet.supported {
                let plan = try Plan(
                    graph: graph, weights: weights, normalization: .imageNetStatistics, instructionSet: instructionSet)
                let computed = plan.logits(for: input)
                #expect(computed.count == expected.count)
                let difference = zip(expected, computed).map { abs($0 - Double($1)) }.max() ?? .infinity
                #expect(difference < 1e-4 * scale, "seed \(seed), \(instructionSet): \(graph.nodes.map(\.name))")
            }
        }
    }

    @Test(arguments: 0..<15)
    func layersThatClassifiersDoNotHaveAreComputedAsTheGraphSays(_ tens: Int) throws {
        for seed in UInt64(10 * tens)..<UInt64(10 * tens + 10) {
            let graph = try RandomGraph.makeGeneral(seed: seed)
            let weights = Self.weights(of: graph)
            let input = Seeded.uniform("input \(seed)", count: graph[graph.input].shape.count)
            let planes = try #require(ReferenceInterpreter(graph: graph, weights: weights).run(input).last)
            let shape = graph[graph.output].shape
            let expected = (0..<shape.count).map { planes[$0 % shape.channels * shape.pixels + $0 / shape.channels] }
            let scale = max(1, expected.map(abs).max() ?? 0)
            for instructionSet in InstructionSet.supported {
                let plan = try Plan(
                    graph: graph, weights: weights, normalization: .imageNetStatistics, instructionSet: instructionSet)
                #expect(plan.outputShape == shape)
                let computed = plan.logits(for: input)
                #expect(computed.count == expected.count)
                let difference = zip(expected, computed).map { abs($0 - Double($1)) }.max() ?? .infinity
                #expect(difference < 1e-4 * scale, "seed \(seed), \(instructionSet): \(graph.nodes.map(\.layer))")
            }
        }
    }

    @Test func sessionsOfOnePlanDoNotDisturbEachOther() throws {
        let graph = try RandomGraph.make(seed: 7)
        let plan = try Plan(
            graph: graph, weights: Self.weights(of: graph), normalization: .imageNetStatistics,
            instructionSet: .best)
        let count = graph[graph.input].shape.count
        let inputs = (0..<2).map { Seeded.uniform("input \($0)", count: count) }
        let sessions = inputs.map { input in
            let session = Session(plan: plan)
            input.withUnsafeBufferPointer(session.load(tensor:))
            return session
        }
        let together = sessions.map { Array($0.run()) }
        #expect(together == inputs.map(plan.logits(for:)))
        #expect(together == sessions.map { Array($0.run()) }, "a second run gives the same")
    }

    @Test func sessionsRunAtTheSameTime() throws {
        let graph = try RandomGraph.make(seed: 7)
        let plan = try Plan(
            graph: graph, weights: Self.weights(of: graph), normalization: .imageNetStatistics, instructionSet: .best)
        let inputs = (0..<4).map { Seeded.uniform("input \($0)", count: graph[graph.input].shape.count) }
        let expected = inputs.map(plan.logits(for:))
        DispatchQueue.concurrentPerform(iterations: 64) { index in
            #expect(plan.logits(for: inputs[index % 4]) == expected[index % 4])
        }
    }

    /// At the lowest resolution, the last depthwise convolutions read single pixels; at odd ones, windows meet the
    /// edges in other places.
    @Test(arguments: [
        (Architecture(.mobileNetV1, width: 0.25), 32), (Architecture(.mobileNetV2, width: 0.35), 45),
        (Architecture(.mobileNetV2, width: 0.35, style: .tensorFlow), 45), (.mobileNetV3Large, 32),
        (.mobileNetV3Small, 32),
        (Architecture(.mobileNetV3SmallMinimalistic, width: 0.5), 51), (.efficientNetLite0, 32),
    ])
    func smallImagesAreComputedAsTheGraphSays(_ architecture: Architecture, _ resolution: Int) throws {
        let graph = try architecture.graph(resolution: resolution, classes: 10)
        let weights = Self.weights(of: graph)
        let input = Seeded.uniform("input", count: graph[graph.input].shape.count)
        let expected = try #require(ReferenceInterpreter(graph: graph, weights: weights).run(input).last)
        let scale = expected.map(abs).max() ?? 0
        for instructionSet in InstructionSet.supported {
            let plan = try Plan(
                graph: graph, weights: weights, normalization: .imageNetStatistics, instructionSet: instructionSet)
            let difference = zip(expected, plan.logits(for: input)).map { abs($0 - Double($1)) }.max() ?? .infinity
            #expect(difference < 1e-4 * scale, "\(instructionSet)")
        }
    }

    @Test func theImageAsASecondInputIsRefused() throws {
        var graph = Graph(input: Shape(channels: 3, height: 8, width: 8))
        let stem = try graph.add(.convolution(outputs: 3, kernel: .pixel, bias: false), named: "stem", to: graph.input)
        let sum = try graph.add(.add, named: "sum", to: stem, graph.input)
        _ = try graph.add(.globalAveragePool, named: "mean", to: sum)
        let error = #expect(throws: GraphError.self) {
            try Plan(
                graph: graph, weights: Self.weights(of: graph), normalization: .imageNetStatistics,
                instructionSet: .portable)
        }
        #expect(error?.description.contains("the image as a second input") == true)
    }

    @Test func imagesAreNormalizedAsTheModelWants() throws {
        var graph = Graph(input: Shape(channels: 3, height: 2, width: 2))
        let stem = try graph.add(.convolution(outputs: 3, kernel: .pixel, bias: false), named: "same", to: graph.input)
        let mean = try graph.add(.globalAveragePool, named: "mean", to: stem)
        _ = try graph.add(.dense(outputs: 3), named: "out", to: mean)
        let identity: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        let weights = Weights([
            "same.weight": Tensor(shape: [3, 3, 1, 1], values: identity),
            "out.weight": Tensor(shape: [3, 3], values: identity),
            "out.bias": Tensor(shape: [3], values: [0, 0, 0]),
        ])
        let normalization = InputNormalization(mean: (10, 20, 30), standardDeviation: (2, 4, 8))
        for instructionSet in InstructionSet.supported {
            let plan = try Plan(
                graph: graph, weights: weights, normalization: normalization, instructionSet: instructionSet)
            let session = Session(plan: plan)
            let rows: [UInt8] = [12, 24, 38, 12, 24, 38, 0, 0, 16, 28, 46, 16, 28, 46, 0, 0]
            rows.withUnsafeBufferPointer { pixels in
                if let base = pixels.baseAddress { session.load(pixels: base, bytesPerRow: 8) }
            }
            #expect(Array(session.run()) == [2, 1.5, 1.5])
        }
    }

    @Test func coloursComeInTheOrderThatTheModelWants() throws {
        var graph = Graph(input: Shape(channels: 3, height: 1, width: 2))
        let stem = try graph.add(.convolution(outputs: 3, kernel: .pixel, bias: false), named: "same", to: graph.input)
        _ = try graph.add(.globalAveragePool, named: "mean", to: stem)
        let weights = Weights(["same.weight": Tensor(shape: [3, 3, 1, 1], values: [1, 0, 0, 0, 1, 0, 0, 0, 1])])
        let normalization = InputNormalization(mean: (1, 2, 3), standardDeviation: (1, 2, 4), colours: .bgr)
        for instructionSet in InstructionSet.supported {
            let plan = try Plan(
                graph: graph, weights: weights, normalization: normalization, instructionSet: instructionSet)
            let session = Session(plan: plan)
            let pixels: [UInt8] = [103, 102, 101, 103, 102, 101]
            pixels.withUnsafeBufferPointer {
                if let base = $0.baseAddress { session.load(pixels: base, bytesPerRow: 6) }
            }
            #expect(Array(session.run()) == [100, 50, 25])
        }
    }

    @Test func missingAndMisshapenWeightsAreNamed() throws {
        let graph = try Architecture.mobileNetV3Small.graph()
        var weights = try Seeded.weights(.mobileNetV3Small, from: .torchvision)
        weights["blocks.3.expand.weight"] = nil
        #expect(throws: WeightsError.missing("blocks.3.expand.weight")) {
            try Plan(graph: graph, weights: weights, normalization: .imageNetStatistics, instructionSet: .portable)
        }
        weights["blocks.3.expand.weight"] = Tensor(shape: [2], values: [0, 0])
        #expect(throws: WeightsError.shape("blocks.3.expand.weight", expected: [96, 24, 1, 1], found: [2])) {
            try Plan(graph: graph, weights: weights, normalization: .imageNetStatistics, instructionSet: .portable)
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func weightsThatAreNoNumbersAreNamed(_ value: Float) throws {
        var weights = try Seeded.weights(.mobileNetV3Small, from: .torchvision)
        weights["head.norm.bias"] = Tensor(shape: [576], values: [value] + [Float](repeating: 0, count: 575))
        #expect(throws: WeightsError.notFinite("head.norm.bias")) {
            try Plan(
                graph: Architecture.mobileNetV3Small.graph(), weights: weights,
                normalization: .imageNetStatistics, instructionSet: .portable)
        }
    }

    @Test func layersThatTheEngineLacksAreNamed() throws {
        var graph = Graph(input: Shape(channels: 3, height: 8, width: 8))
        let stem = try graph.add(.convolution(outputs: 4, kernel: .pixel, bias: false), named: "stem", to: graph.input)
        let kernel = KernelGeometry(size: 3, stride: 2, padding: .valid)
        let middle = try graph.add(
            .transposedConvolution(outputs: 4, kernel: kernel, bias: false), named: "middle", to: stem)
        _ = try graph.add(.globalAveragePool, named: "mean", to: middle)
        let error = #expect(throws: GraphError.self) {
            try Plan(
                graph: graph, weights: Self.weights(of: graph), normalization: .imageNetStatistics,
                instructionSet: .portable)
        }
        #expect(
            error?.description
                == "layer 2, \"middle\": not supported: a transposed convolution whose kernel positions overlap")
    }

    static func weights(of graph: Graph) -> Weights {
        var weights = Weights()
        for parameter in graph.parameters {
            weights[parameter.name] = Seeded.tensor(parameter.name, shape: parameter.shape)
        }
        return weights
    }
}
