import Basics
import Foundation
import Testing

@testable import MobileNet

/// Model files keep all properties of a model; other and malformed files are refused.
@Suite(.timeLimit(.minutes(20))) struct ModelFileTests {
    @Test func aModelReadsBackAsItWasWritten() throws {
        try withTemporaryFolder { folder in
            let model = try Self.model()
            let path = folder + "/m.safetensors"
            try model.write(path)
            let read = try Model.read(path)
            #expect(read.name == "small")
            #expect(read.network.architecture == .mobileNetV3Small)
            #expect(read.network.inputShape == Shape(channels: 3, height: 96, width: 96))
            #expect(read.labels == model.labels)
            #expect(read.normalization == model.normalization)
            #expect(read.source == "somewhere.pth")
            #expect(read.licence == "BSD-3-Clause")
            #expect(read.weights.tensors == model.weights.tensors)
        }
    }

    @Test func whatBelongsToTheWeightsIsKept() throws {
        var model = try Self.model()
        let style = ConvolutionStyle(padding: .same, epsilon: 3e-4)
        let architecture = Architecture(.mobileNetV3Small, scaling: .torchvision, style: style)
        model.network = .architecture(architecture, resolution: 96)
        #expect(try Self.read(model.metadata, model).network.architecture == architecture)
        #expect(architecture != .mobileNetV3Small)
    }

    @Test func filesFromBeforeStylesWereKeptHaveTheUsualOne() throws {
        let model = try Self.model()
        let metadata = try model.metadata.filter { !["padding", "epsilon", "scaling"].contains($0.key) }
        #expect(try Self.read(metadata, model).network.architecture == .mobileNetV3Small)
    }

    @Test(arguments: [("padding", "valid"), ("epsilon", "nan"), ("epsilon", "2"), ("epsilon", "-1"), ("scaling", "")])
    func stylesThatMakeNoSenseAreRefused(_ key: String, _ value: String) throws {
        let model = try Self.model()
        let error = #expect(throws: FormatError.self) {
            try Self.read(model.metadata.merging([key: value]) { $1 }, model)
        }
        #expect(error?.reason.hasPrefix("the metadata's \"\(key)\" is") == true)
    }

    private static func read(_ metadata: [String: String], _ model: Model) throws -> Model {
        try Model(
            Safetensors(Array(Safetensors(tensors: model.weights.tensors, metadata: metadata).encoded().joined())))
    }

    @Test func theSameModelGivesTheSameBytes() throws {
        try withTemporaryFolder { folder in
            let model = try Self.model()
            try model.write(folder + "/a.safetensors")
            try model.write(folder + "/b.safetensors")
            #expect(try Files.read(folder + "/a.safetensors") == Files.read(folder + "/b.safetensors"))
        }
    }

    @Test func aFileThatIsCutShortIsRefusedByName() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/m.safetensors"
            try Self.model().write(path)
            let whole = try Files.read(path)
            for length in [0, 1, 7, 8, 100, 20_000, whole.count / 2, whole.count - 1] {
                try Files.write(path, [Array(whole[..<length])])
                let error = #expect(throws: FileError.self, "\(length) bytes") { try Model.read(path) }
                #expect(error?.kind == .malformed)
                #expect(error?.description.hasPrefix(path + ": ") == true)
            }
        }
    }

    @Test func otherSafetensorsFilesAreToldFromModels() throws {
        let file = Safetensors(tensors: ["a": Tensor(shape: [2], values: [1, 2])], metadata: ["format": "pt"])
        let bytes = Array(try file.encoded().joined())
        let error = #expect(throws: FormatError.self) { try Model(Safetensors(bytes)) }
        #expect(error?.reason.contains("lookout model import") == true)
    }

    @Test func anImpossibleHeaderIsRefused() {
        let headers = [
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#,
            #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
            #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}"#,
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
            #"{"a":{"dtype":"F8","shape":[2],"data_offsets":[0,8]}}"#,
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            #"{"a":1}"#, #"[]"#, #"{"#, "",
        ]
        for header in headers {
            let bytes = le(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: 8)
            #expect(throws: FormatError.self, "\(header)") { try Safetensors(bytes) }
        }
        #expect(throws: FormatError.self) { try Safetensors(le(UInt64.max)) }
    }

    @Test func weightsAndNumbersThatMakeNoSenseAreRefused() throws {
        func refusal(_ change: (inout Model) -> Void) throws -> String? {
            var model = try Self.model()
            change(&model)
            let bytes = Array(
                try Safetensors(tensors: model.weights.tensors, metadata: model.metadata).encoded().joined())
            do { _ = try Model(Safetensors(bytes)) } catch { return "\(error)" }
            return nil
        }
        #expect(try refusal { _ in } == nil)
        for standardDeviation: Float in [0, -1, 1e-30, .infinity, .nan] {
            #expect(
                try refusal { $0.normalization.standardDeviation.1 = standardDeviation }?.contains("\"deviation\"")
                    == true, "\(standardDeviation)")
        }
        for mean: Float in [1e38, .nan] {
            #expect(try refusal { $0.normalization.mean.0 = mean }?.contains("\"mean\"") == true, "\(mean)")
        }
        for value: Float in [.nan, .infinity] {
            #expect(
                try refusal { $0.weights["classifier.bias"] = Tensor(shape: [3], values: [0, value, 0]) }
                    == "the tensor \"classifier.bias\" holds infinities or NaN")
        }
        #expect(
            try refusal { model in
                let name = "stem.norm.running_var"
                let values = model.weights[name]?.values ?? []
                model.weights[name] = Tensor(shape: [values.count], values: values.map { _ in -1 })
            } == "the tensor \"stem.norm.running_var\" holds a variance that is negative")
    }

    @Test func anUnwritablePlaceIsNamed() throws {
        let model = try Self.model()
        let error = #expect(throws: FileError.self) { try model.write("/nowhere/m.safetensors") }
        #expect(
            error == FileError(path: "/nowhere/m.safetensors", kind: .unwritable, reason: "no such file or directory"))
    }

    static func model() throws -> Model {
        let graph = try Architecture.mobileNetV3Small.graph(resolution: 96, classes: 3)
        return Model(
            name: "small", network: .architecture(.mobileNetV3Small, resolution: 96),
            labels: Labels(names: ["one", "two \"quoted\"", "drei/ü"]), normalization: .imageNetStatistics,
            source: "somewhere.pth", licence: "BSD-3-Clause", weights: PlanTests.weights(of: graph))
    }
}

/// Calls `body` with the path of a temporary folder, and removes the folder.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lookout-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
}
