import Testing

@testable import MobileNet

/// Checkpoints are recognized by the names and shapes of their tensors.
@Suite(.timeLimit(.minutes(20))) struct CheckpointRecognitionTests {
    /// Every network of every origin, at the widths that are published.
    static let cases: [(Architecture.Family, CheckpointOrigin)] = CheckpointOrigin.allCases.flatMap { origin in
        origin.families.map { ($0, origin) }
    }

    @Test(arguments: cases)
    func familiesWidthsAndClassesAreRecognized(_ family: Architecture.Family, _ origin: CheckpointOrigin) throws {
        let isScaled = family.widths.contains(0.5)
        for width in isScaled ? [0.25, 0.35, 0.5, 0.75, 1, 1.25, 1.3, 1.4] : [1] {
            let scaling: WidthScaling = origin == .torchvision && width != 1 ? family.scalings.last ?? .papers : .papers
            let architecture = Architecture(family, width: width, scaling: scaling)
            let found = try #require(
                CheckpointRecognition(Self.zeros(architecture, origin, classes: 7).mapValues(\.shape), as: nil))
            #expect(found.architecture == architecture)
            #expect(found.classes == 7)
            #expect(found.candidate.origin.resolved(for: family, file: "tf_") == origin || origin == .timm)
        }
    }

    /// Widths of networks that are trained but not published.
    @Test(arguments: [0.1, 0.3, 0.333, 0.6, 0.85, 1.1, 2, 3.2])
    func anyWidthIsRecognizedWellEnough(_ width: Double) throws {
        for family in [Architecture.Family.mobileNetV1, .mobileNetV2, .mobileNetV3Large, .mobileNetV3Small] {
            let architecture = Architecture(family, width: width)
            let found = try #require(
                CheckpointRecognition(Self.zeros(architecture, .timm, classes: 2).mapValues(\.shape), as: nil))
            // Rounding to multiples of 8 makes several widths equal.
            #expect(try found.architecture.graph(classes: 2) == architecture.graph(classes: 2))
        }
    }

    @Test func bothReadingsOfV3AreToldApart() throws {
        for scaling in WidthScaling.allCases {
            let architecture = Architecture(.mobileNetV3Large, width: 0.75, scaling: scaling)
            let found = try #require(
                CheckpointRecognition(Self.zeros(architecture, .torchvision, classes: 2).mapValues(\.shape), as: nil))
            #expect(found.architecture.scaling == scaling)
        }
    }

    @Test func aTensorThatDoesNotFitIsNamedAtTheWidthOfTheOthers() throws {
        let architecture = Architecture(.mobileNetV2, width: 0.35)
        var tensors = try Self.zeros(architecture, .torchvision, classes: 2)
        tensors["features.17.conv.2.weight"] = Tensor(shape: [1], values: [0])
        let error = #expect(throws: FormatError.self) { try CheckpointImport.read(Self.safetensors(tensors), as: nil) }
        #expect(
            error?.reason == "as mobilenet-v2-0.35: the tensor \"features.17.conv.2.weight\" has the shape [1]; "
                + "the network needs [112, 336, 1, 1]")
    }

    @Test func anotherWidthThanTheExpectedOneIsAnError() throws {
        let tensors = try Self.zeros(Architecture(.mobileNetV2, width: 0.35), .timm, classes: 2)
        let error = #expect(throws: FormatError.self) {
            try CheckpointImport.read(Self.safetensors(tensors), as: Architecture(.mobileNetV2, width: 0.5))
        }
        #expect(error?.reason.hasPrefix("as mobilenet-v2-0.5: the tensor \"") == true)
    }

    // MARK: - Origins

    @Test(arguments: [
        (
            "tf_mobilenetv3_small_075-2f6c8bb2.pth", CheckpointOrigin.timmTensorFlow, ConvolutionStyle.tensorFlow,
            InputNormalization.symmetric
        ),
        ("mobilenetv3_small_075.pth", .timm, .pyTorch, .imageNetStatistics),
        ("model.safetensors", .timm, .pyTorch, .imageNetStatistics),
    ])
    func filesNamedByTimmSayWhoTrainedThem(
        _ file: String, _ origin: CheckpointOrigin, _ style: ConvolutionStyle, _ normalization: InputNormalization
    ) throws {
        let bytes = try Self.safetensors(Self.zeros(Architecture(.mobileNetV3Small, width: 0.75), .timm, classes: 2))
        let imported = try CheckpointImport.read(bytes, as: nil, file: file)
        #expect(imported.origin == origin)
        #expect(imported.architecture == Architecture(.mobileNetV3Small, width: 0.75, style: style))
        #expect(imported.normalization == normalization)
        #expect(
            try CheckpointImport.read(bytes, as: nil, from: .timmTensorFlow, file: file).architecture.style
                == .tensorFlow)
    }

    @Test func minimalisticNetworksComeFromTensorFlow() throws {
        let bytes = try Self.safetensors(Self.zeros(Architecture(.mobileNetV3SmallMinimalistic), .timm, classes: 2))
        #expect(try CheckpointImport.read(bytes, as: nil).architecture == Architecture(.mobileNetV3SmallMinimalistic))
    }

    // MARK: - Files

    @Test func bothKindsOfFilesGiveTheSame() throws {
        let architecture = Architecture(.mobileNetV1, width: 0.25)
        var tensors = try Seeded.checkpoint(architecture, from: .pyTorch)
        tensors["features.0.1.num_batches_tracked"] = Tensor(shape: [], values: [7])
        let one = try CheckpointImport.read(CheckpointWriter.zip(tensors), as: nil)
        let other = try CheckpointImport.read(Self.safetensors(tensors), as: nil)
        #expect(one.architecture == architecture)
        #expect(one.architecture == other.architecture)
        #expect(one.weights.tensors == other.weights.tensors)
    }

    @Test func modelsAndOtherFilesAreToldFromCheckpoints() throws {
        let model = try ModelFileTests.model()
        let bytes = Array(try Safetensors(tensors: model.weights.tensors, metadata: model.metadata).encoded().joined())
        let error = #expect(throws: FormatError.self) { try CheckpointImport.read(bytes, as: nil) }
        #expect(error?.reason == "it is a model of Lookout already")
        for bytes in [[], [0], Array("{\"a\":1}".utf8), [UInt8](repeating: 0xFF, count: 20)] {
            let error = #expect(throws: FormatError.self) { try CheckpointImport.read(bytes, as: nil) }
            #expect(
                error?.reason
                    == "not weights that can be read: neither a file of PyTorch, safetensors, TensorFlow Lite, ONNX nor OpenVINO (.xml)"
            )
        }
    }

    private static func safetensors(_ tensors: [String: Tensor]) throws -> [UInt8] {
        Array(try Safetensors(tensors: tensors, metadata: ["format": "pt"]).encoded().joined())
    }

    /// Returns a checkpoint of zeros.
    private static func zeros(
        _ architecture: Architecture, _ origin: CheckpointOrigin, classes: Int
    ) throws -> [String: Tensor] {
        let graph = try architecture.graph(classes: classes)
        let names = CheckpointNames(graph, of: architecture.family, from: origin)
        var tensors: [String: Tensor] = [:]
        for parameter in graph.parameters {
            let source = try #require(names.source(of: parameter))
            tensors[source] = Tensor(shape: parameter.shape, values: [Float](repeating: 0, count: parameter.count))
        }
        return tensors
    }
}
