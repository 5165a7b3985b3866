import Foundation
import Testing

@testable import MobileNet

/// Small networks that several programs wrote compute the outputs of the reference runtimes.
///
/// Scripts/onnx_fixtures.py and Scripts/lite_fixtures.py write the files.
@Suite(.timeLimit(.minutes(20))) struct ImportFixtureTests {
    @Test(arguments: ["pytorch", "paddle", "tensorflow", "shapes", "swishes", "pyramid"])
    func onnxNetworksComputeWhatOnnxruntimeComputes(_ name: String) throws {
        let bytes = try Fixture.bytes("ONNX/\(name).onnx")
        let network = try OnnxImport.read(bytes, size: name == "shapes" ? (16, 16) : nil)
        #expect(!network.graph.isQuantized)
        try check(network, name, "ONNX/\(name).f32", tolerance: 1e-4)
    }

    /// Each uint8 value may differ by one, because the reference rounds in another way.
    @Test(arguments: ["pytorch-qdq", "pytorch-qdq-uint8"])
    func onnxNetworksThatQuantizeAndDequantizeAreQuantized(_ name: String) throws {
        let network = try OnnxImport.read(Fixture.bytes("ONNX/\(name).onnx"))
        let layers = network.graph.nodes.dropLast()
        #expect(layers.allSatisfy { $0.quantization != nil }, "all but the last layer, which dequantizes")
        try check(network, "pytorch", "ONNX/\(name).f32", tolerance: 0.03)
    }

    @Test(arguments: ["keras", "planes", "signed"])
    func liteNetworksComputeWhatTheReferenceKernelsCompute(_ name: String) throws {
        let network = try TensorFlowLiteImport.read(Fixture.bytes("Lite/\(name).tflite"))
        #expect(network.graph.isQuantized == (name == "signed"))
        try check(network, name, "Lite/\(name).f32", tolerance: name == "signed" ? 1.01 / 256 : 1e-5)
    }

    /// With the fast suppression, and with that of each class (`use_regular_nms`).
    @Test(arguments: ["boxes", "boxes-regular"])
    func aQuantizedDetectorFindsWhatTheReferenceFinds(_ name: String) throws {
        let network = try TensorFlowLiteImport.read(Fixture.bytes("Lite/\(name).tflite"))
        try checkDetector(
            network.graph, network.weights, try #require(network.normalization), expected: "Lite/\(name).f32")
    }

    /// The same network without the operator: it ends with box offsets and scores, and its anchors are in a file.
    @Test func aDetectorThatEndsWithRawBoxesFindsTheSameWithItsAnchors() throws {
        var options = ImportOptions()
        options.labels = ["a", "b"]
        options.detector.anchorsFile = Fixture.path("Lite/boxes-raw.anchors.f32")
        options.detector.scoreThreshold = 0.3
        options.detector.overlapThreshold = 0.5
        options.detector.most = 10
        let model = try ModelImport.read(Fixture.bytes("Lite/boxes-raw.tflite"), options: options)
        try checkDetector(
            try model.network.graph(classes: 0), model.weights, model.normalization,
            expected: "Lite/boxes-regular.f32")
    }

    private func checkDetector(
        _ graph: Graph, _ weights: Weights, _ normalization: InputNormalization, expected file: String
    ) throws {
        let expected = try floats(file)
        let planes = Seeded.uniform("boxes", count: 3 * 256)
        let pixels = (0..<3 * 256).map { UInt8((planes[$0 % 3 * 256 + $0 / 3] + 1) * 127.5) }
        for instructionSet in InstructionSet.supported {
            let plan = try Plan(
                graph: graph, weights: weights, normalization: normalization, instructionSet: instructionSet)
            let output = plan.output(forPixels: pixels)
            #expect(output.count == expected.count)
            #expect(zip(output, expected).allSatisfy { abs($0 - $1) < 1e-3 }, "\(instructionSet): \(output)")
        }
    }

    @Test func labelsAreReadFromTheArchiveBehindTheNetwork() throws {
        let model = try ModelImport.read(Fixture.bytes("Lite/keras.tflite"))
        #expect(model.labels.names == ["stone", "paper", "scissors"])
        #expect(model.head == Head(activation: .none, hasBackground: false))
        #expect(model.normalization == .symmetric)
    }

    @Test func whatTheFileLeavesOpenIsAskedFor() throws {
        let open = #expect(throws: ImportOptionMissing.self) { try ModelImport.read(Fixture.bytes("ONNX/shapes.onnx")) }
        #expect(open?.description.contains("--input") == true)
        let unlabelled = #expect(throws: ImportOptionMissing.self) {
            try ModelImport.read(Fixture.bytes("ONNX/pytorch.onnx"))
        }
        #expect(unlabelled?.description == "the network has 5 classes; --labels FILE says what they are, one a line")
    }

    @Test func optionsGoBeforeWhatTheFileSays() throws {
        var options = ImportOptions()
        options.labels = ["a", "b", "c", "d", "e"]
        options.mean = [1, 2, 3]
        options.standardDeviation = [4]
        options.colours = .bgr
        options.activation = .sigmoid
        options.hasBackground = true
        options.name = "mine"
        let model = try ModelImport.read(Fixture.bytes("ONNX/pytorch.onnx"), options: options)
        #expect(model.normalization == InputNormalization(mean: (1, 2, 3), standardDeviation: (4, 4, 4), colours: .bgr))
        #expect(model.head == Head(activation: .sigmoid, hasBackground: true))
        #expect(model.reportedLabels == ["b", "c", "d", "e"])
        #expect(model.name == "mine")
    }

    /// The first operations of a network become part of the input normalization.
    @Test func normalizationInsideTheNetworkIsPartOfTheInput() throws {
        var options = ImportOptions()
        options.labels = ["a", "b", "c"]
        let model = try ModelImport.read(Fixture.bytes("ONNX/tensorflow.onnx"), options: options)
        // 2 (v / 255) − 0.5
        #expect(abs(model.normalization.mean.0 - 63.75) < 1e-3)
        #expect(abs(model.normalization.standardDeviation.0 - 127.5) < 1e-3)
    }

    @Test(arguments: [
        "ONNX/pyramid.onnx", "ONNX/pytorch-qdq.onnx", "Lite/keras.tflite", "Lite/signed.tflite", "Lite/boxes.tflite",
    ])
    func anImportedNetworkIsReadBackAsItWasWritten(_ file: String) throws {
        var options = ImportOptions()
        if file.contains("pytorch") || file.contains("signed") { options.labels = ["a", "b", "c", "d", "e"] }
        if file.contains("boxes") { options.labels = ["a", "b"] }
        let model = try ModelImport.read(Fixture.bytes(file), options: options)
        try withTemporaryFolder { folder in
            try model.write(folder + "/m.safetensors")
            let read = try Model.read(folder + "/m.safetensors")
            #expect(try read.graph() == model.graph())
            #expect(read.weights.tensors == model.weights.tensors)
            #expect(read.weights.quantized == model.weights.quantized)
            #expect(read.normalization == model.normalization && read.head == model.head && read.labels == model.labels)
            let pixels = Seeded.uniform("pixels", count: 3 * 256).map { UInt8(($0 + 1) * 127) }
            #expect(
                try read.plan(for: .best).output(forPixels: pixels) == model.plan(for: .best).output(forPixels: pixels))
        }
    }

    // MARK: - Comparing

    private func check(_ network: ImportedNetwork, _ name: String, _ file: String, tolerance: Float) throws {
        let expected = try floats(file)
        let scale = expected.map(abs).max() ?? 0
        var input = Seeded.uniform(name, count: 3 * 256)
        for index in input.indices {
            let channel = index / 256
            input[index] =
                input[index] * network.inputScale[network.inputScale.count == 1 ? 0 : channel]
                + network.inputShift[network.inputShift.count == 1 ? 0 : channel]
        }
        for instructionSet in InstructionSet.supported {
            let plan = try Plan(
                graph: network.graph, weights: network.weights, normalization: .symmetric,
                instructionSet: instructionSet)
            let output = plan.logits(for: input)
            let difference = zip(output, expected).map { abs($0 - $1) }.max() ?? .infinity
            #expect(output.count == expected.count)
            #expect(
                difference <= tolerance * scale, "\(instructionSet): \(output.prefix(8)), not \(expected.prefix(8))")
        }
    }

    private func floats(_ file: String) throws -> [Float] {
        let bytes = try Fixture.bytes(file)
        return bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: 4).map { raw.loadUnaligned(fromByteOffset: $0, as: Float.self) }
        }
    }
}
