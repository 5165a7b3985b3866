import Foundation
import Testing

@testable import MobileNet

/// Readers of files return or throw for any contents, soon and in little memory.
///
/// Small valid files are mutated by a seeded generator. LOOKOUT_FUZZ sets the number of mutations:
/// LOOKOUT_FUZZ=1000000 swift test --filter FuzzTests
///
/// `make fuzz` runs the same readers under libFuzzer, which is guided by coverage.
@Suite(.timeLimit(.minutes(20))) struct FuzzTests {
    static let rounds = ProcessInfo.processInfo.environment["LOOKOUT_FUZZ"].flatMap { Int($0) } ?? 4000

    @Test(arguments: ["plain", "plain-legacy", "training", "training-legacy", "protocol4", "module"])
    func checkpointsSurviveMutation(_ name: String) throws {
        let seed = try Fixture.bytes("\(name).pth")
        try Self.fuzz(seed, named: name) { _ = try CheckpointImport.read($0, as: nil) }
        try Self.fuzz(seed, named: name) { _ = try TorchCheckpoint($0) }
    }

    @Test func picklesSurviveMutation() throws {
        // Without the archive around it, every change meets the unpickler.
        let bytes = try Fixture.bytes("training.pth")
        let archive = try ZipArchive(bytes)
        let pickle = try #require(archive.members.first { $0.key.hasSuffix("data.pkl") }?.value)
        try Self.fuzz(Array(bytes[pickle]), named: "pickle") { bytes in
            var reader = ByteReader(bytes)
            _ = try Unpickler.read(&reader)
        }
    }

    @Test func safetensorsSurviveMutation() throws {
        let tensors = ["a": Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]), "b": Tensor(shape: [1], values: [7])]
        let file = Safetensors(tensors: tensors, metadata: ["format": "lookout-1", "mean": "1 2 3"])
        try Self.fuzz(Array(file.encoded().joined()), named: "safetensors") { _ = try Model(Safetensors($0)) }
    }

    /// A complete, narrow network, so that mutations of names and shapes reach the recognition.
    @Test func checkpointsOfNetworksSurviveMutation() throws {
        let architecture = Architecture(.mobileNetV1, width: 0.02)
        let graph = try architecture.graph(classes: 2)
        let names = CheckpointNames(graph, of: .mobileNetV1, from: .timm)
        var tensors: [String: Tensor] = [:]
        for parameter in graph.parameters {
            let source = try #require(names.source(of: parameter))
            tensors[source] = Seeded.tensor(source, shape: parameter.shape)
        }
        let bytes = Array(try Safetensors(tensors: tensors, metadata: ["format": "pt"]).encoded().joined())
        #expect(try CheckpointImport.read(bytes, as: nil).classes == 2)
        try Self.fuzz(bytes, named: "network", rounds: Self.rounds / 4) { _ = try CheckpointImport.read($0, as: nil) }
    }

    @Test(arguments: ["keras", "planes", "signed", "boxes"])
    func liteFilesSurviveMutation(_ name: String) throws {
        try Self.fuzz(try Fixture.bytes("Lite/\(name).tflite"), named: name) { bytes in
            let network = try TensorFlowLiteImport.read(bytes)
            try network.weights.check(for: network.graph)
        }
    }

    @Test(arguments: ["pytorch", "pytorch-qdq", "paddle", "tensorflow", "shapes", "swishes", "pyramid"])
    func onnxFilesSurviveMutation(_ name: String) throws {
        try Self.fuzz(try Fixture.bytes("ONNX/\(name).onnx"), named: name) { bytes in
            let network = try OnnxImport.read(bytes, size: (16, 16))
            try network.weights.check(for: network.graph)
        }
    }

    @Test func openVINOFilesSurviveMutation() throws {
        let writer = OpenVINOWriter.detector()
        try Self.fuzz(writer.xml, named: "openvino") { bytes in
            let network = try OpenVINOImport.read(bytes, weights: writer.weights)
            try network.weights.check(for: network.graph)
        }
    }

    /// Reads mutations of a file.
    private static func fuzz(
        _ seed: [UInt8], named name: String, rounds: Int = rounds, read: ([UInt8]) throws -> Void
    ) throws {
        var random = SplitMix(seed: UInt64(seed.count))
        for round in 0..<rounds {
            let bytes = mutate(seed, &random)
            let start = ContinuousClock.now
            try? read(bytes)
            #expect(start.duration(to: .now) < .seconds(120), "\(name), change \(round), takes too long")
        }
    }

    /// Returns a mutation: a few changes of bytes, counts, order and length.
    private static func mutate(_ seed: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            let length = Int.random(in: 1...min(16, bytes.count - at), using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            case 3: for index in at..<at + length { bytes[index] = 0xFF }
            case 4: bytes.removeSubrange(at..<at + length)
            case 5:
                bytes.insert(contentsOf: bytes[at..<at + length], at: Int.random(in: 0...bytes.count, using: &random))
            default: bytes.removeLast(Int.random(in: 0...bytes.count / 2, using: &random))
            }
        }
        return bytes
    }
}
