import Testing

@testable import MobileNet

/// Int8 models that are made of float models.
@Suite(.timeLimit(.minutes(20))) struct QuantizerTests {
    private static let architectures = [
        "mobilenet-v1-0.25", "mobilenet-v2-0.35", "mobilenet-v3-small", "mobilenet-v4-conv-small", "mobilenet-edgetpu",
        "efficientnet-lite0",
    ]

    /// Each layer adds an error of about half a step, and keeps far more signal than noise.
    @Test(arguments: architectures)
    func layersKeepTheirSignal(_ name: String) throws {
        let model = try Self.model(name)
        let (quantizer, quantized) = try Self.quantized(model)
        let comparison = try QuantizationComparison(quantizer, quantized, for: .best)
        Self.forEachImage(model) { comparison.add(pixels: $0, bytesPerRow: $1) }
        let losses = comparison.losses
        #expect(comparison.images == 4)
        #expect(losses.count > 20)
        let ratios = losses.compactMap(\.signalToNoise)
        #expect(ratios.count > losses.count / 2)
        #expect(ratios.min() ?? 0 > 6, "\(name): \(losses.min { $0.signalToNoise ?? 99 < $1.signalToNoise ?? 99 }!)")
        #expect(ratios.reduce(0, +) / Double(ratios.count) > 18, "\(name): \(ratios)")
        #expect(losses.allSatisfy { $0.clipped < 0.05 })
    }

    @Test(arguments: architectures)
    func everyInstructionSetAndNumberOfThreadsComputesTheSame(_ name: String) throws {
        let model = try Self.model(name)
        let (_, quantized) = try Self.quantized(model)
        try Self.expectSameResults(quantized, name)
    }

    /// Graphs at random, with layers that no known network has. Those that cannot be quantized say so.
    @Test(arguments: 0..<8)
    func graphsAtRandomComputeTheSameOrAreRefused(_ tens: Int) throws {
        var count = 0
        for seed in UInt64(20 * tens)..<UInt64(20 * tens + 20) {
            let graph = try RandomGraph.make(seed: seed)
            var weights = Weights()
            for parameter in graph.parameters {
                weights[parameter.name] = Seeded.tensor(parameter.name, shape: parameter.shape)
            }
            let model = Model(
                name: "random", network: .graph(graph), labels: Labels(names: []), normalization: .symmetric,
                source: "", licence: "", weights: weights)
            do {
                let (_, quantized) = try Self.quantized(model)
                try Self.expectSameResults(quantized, "seed \(seed)")
                count += 1
            } catch is GraphError {}
        }
        #expect(count > 5, "\(count) of 20 graphs were quantized")
    }

    @Test func aModelFileKeepsTheNetworkAndItsArithmetic() throws {
        let (_, quantized) = try Self.quantized(Self.model("mobilenet-v3-small"))
        #expect(try quantized.graph().requantization == .float32)
        #expect(try quantized.metadata["format"] == "lookout-2", "older versions refuse it")
        let file = Safetensors(
            tensors: quantized.weights.tensors, quantized: quantized.weights.quantized, metadata: try quantized.metadata
        )
        let read = try Model(Safetensors(file.encoded().flatMap { $0 }))
        #expect(try read.graph() == quantized.graph())
        let image = Self.image(try quantized.graph()[quantized.graph().input].shape, 0)
        #expect(
            try read.plan(for: .best).output(forPixels: image) == quantized.plan(for: .best).output(forPixels: image))
    }

    @Test func floatModelsKeepTheirFormat() throws {
        #expect(try Self.model("mobilenet-v1-0.25").metadata["format"] == "lookout-1")
    }

    @Test func whatCannotBeQuantizedIsNamed() throws {
        let (_, quantized) = try Self.quantized(Self.model("mobilenet-v1-0.25"))
        #expect(throws: QuantizationError.quantized("mobilenet-v1-0.25-int8")) {
            try ModelQuantizer(quantized, for: .best)
        }
        let quantizer = try ModelQuantizer(Self.model("mobilenet-v1-0.25"), for: .best)
        #expect(throws: QuantizationError.noImages) { try quantizer.quantize(name: "none") }
        var graph = Graph(input: Shape(channels: 3, height: 8, width: 8))
        let kernel = KernelGeometry(size: 2, stride: 2, padding: .valid)
        _ = try graph.add(
            .transposedConvolution(outputs: 4, kernel: kernel, bias: false), named: "up", to: [graph.input])
        let model = Model(
            name: "up", network: .graph(graph), labels: Labels(names: []), normalization: .symmetric, source: "",
            licence: "", weights: Weights())
        let error = #expect(throws: GraphError.self) { try ModelQuantizer(model, for: .best) }
        #expect(error?.layer == "up")
    }

    // MARK: - Networks and images

    private static func model(_ name: String) throws -> Model {
        let architecture = try #require(Architecture(rawValue: name))
        let graph = try architecture.graph(resolution: 64, classes: 10)
        var weights = Weights()
        for parameter in graph.parameters {
            weights[parameter.name] = Seeded.tensor(parameter.name, shape: parameter.shape)
        }
        return Model(
            name: name, network: .architecture(architecture, resolution: 64),
            labels: Labels(names: (0..<10).map { "class \($0)" }), normalization: architecture.inputNormalization,
            source: "", licence: "", weights: weights)
    }

    private static func quantized(_ model: Model) throws -> (ModelQuantizer, Model) {
        let quantizer = try ModelQuantizer(model, for: .best)
        forEachImage(model) { quantizer.calibrate(pixels: $0, bytesPerRow: $1) }
        return (quantizer, try quantizer.quantize(name: model.name + "-int8"))
    }

    private static func forEachImage(_ model: Model, _ body: (UnsafePointer<UInt8>, Int) -> Void) {
        let shape = model.network.inputShape
        for index in 0..<4 {
            image(shape, index).withUnsafeBufferPointer { body($0.baseAddress!, 3 * shape.width) }
        }
    }

    /// Patches of colour with noise.
    private static func image(_ shape: Shape, _ index: Int) -> [UInt8] {
        let patches = Seeded.uniform("patches \(index)", count: 3 * 64)
        let noise = Seeded.uniform("noise \(index)", count: 3 * shape.pixels)
        return noise.indices.map { at in
            let (row, column) = (at / 3 / shape.width, at / 3 % shape.width)
            let patch = patches[(row * 8 / shape.height * 8 + column * 8 / shape.width) * 3 + at % 3]
            return UInt8(min(max(128 + 100 * patch + 20 * noise[at], 0), 255))
        }
    }

    private static func expectSameResults(_ model: Model, _ name: String) throws {
        let image = image(model.network.inputShape, 9)
        let bytesPerRow = 3 * model.network.inputShape.width
        var expected: [Float]?
        for instructionSet in InstructionSet.supported {
            let plan = try model.plan(for: instructionSet)
            for threads in [1, 3] {
                let session = Session(plan: plan, threads: threads)
                session.load(pixels: image, bytesPerRow: bytesPerRow)
                let output = Array(session.run())
                #expect(output == expected ?? output, "\(name), \(instructionSet), \(threads) threads")
                expected = output
            }
        }
        #expect(expected?.allSatisfy(\.isFinite) == true)
    }
}
