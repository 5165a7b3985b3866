import Testing

@testable import MobileNet

/// Architectures match the tables of the papers.
@Suite(.timeLimit(.minutes(20))) struct ArchitectureTests {
    /// Parameters and multiply-adds in millions, to the digits that the papers print.
    ///
    /// V1: Howard et al. (2017), tables 6 and 7. V2: Sandler et al. (2018), table 4. V3: Howard et al. (2019),
    /// tables 3 and 4, and torchvision's documentation. Lite: Liu (2020).
    @Test(arguments: [
        ("mobilenet-v1", 224, 4.2, 569.0), ("mobilenet-v1-0.75", 224, 2.6, 325), ("mobilenet-v1-0.5", 224, 1.3, 149),
        ("mobilenet-v1-0.25", 224, 0.5, 41), ("mobilenet-v1", 192, 4.2, 418), ("mobilenet-v1", 160, 4.2, 290),
        ("mobilenet-v1", 128, 4.2, 186), ("mobilenet-v2", 224, 3.5, 300.5), ("mobilenet-v2-1.4", 224, 6.1, 582),
        ("mobilenet-v3-large", 224, 5.45, 217), ("mobilenet-v3-large-0.75", 224, 4.0, 155),
        ("mobilenet-v3-small", 224, 2.5, 56.5), ("mobilenet-v3-small-0.75", 224, 2.04, 43.5),
        ("mobilenet-v3-large-minimalistic", 224, 3.9, 209), ("mobilenet-v3-small-minimalistic", 224, 2.0, 52.5),
        ("efficientnet-lite0", 224, 4.7, 385),
    ])
    func sizesAreThePublishedOnes(
        _ name: String, _ resolution: Int, _ parameters: Double, _ multiplyAdds: Double
    ) throws {
        let graph = try #require(Architecture(rawValue: name)).graph(resolution: resolution)
        #expect(abs(Double(graph.learnedParameterCount) / 1e6 - parameters) < 0.051)
        #expect(abs(Double(graph.multiplyAdds) / 1e6 - multiplyAdds) < 1)
    }

    /// Exact parameters and multiply-adds that PyTorch counts for timm's and torchvision's networks at 224 × 224
    /// pixels.
    @Test(arguments: [
        ("mobilenet-v1", WidthScaling.papers, 4_231_976, 568_740_352),
        ("mobilenet-v1-1.25", .papers, 6_270_840, 879_516_800),
        ("mobilenet-v2-0.25", .papers, 1_519_112, 37_201_312), ("mobilenet-v2-0.35", .papers, 1_677_128, 59_285_808),
        ("mobilenet-v2-0.5", .papers, 1_968_680, 97_131_840), ("mobilenet-v2-0.75", .papers, 2_636_424, 209_069_792),
        ("mobilenet-v2", .papers, 3_504_872, 300_774_272), ("mobilenet-v2-1.3", .papers, 5_386_792, 509_374_560),
        ("mobilenet-v2-1.4", .papers, 6_108_776, 582_195_824), ("mobilenet-v2-2.0", .papers, 11_258_088, 1_137_428_224),
        ("mobilenet-v2-110d", .papers, 4_516_520, 430_516_080), ("mobilenet-v2-120d", .papers, 5_831_144, 668_857_568),
        ("mobilenet-v3-large", .papers, 5_483_032, 216_589_760),
        ("mobilenet-v3-large", .torchvision, 5_483_032, 216_589_760),
        ("mobilenet-v3-large-0.75", .papers, 3_993_528, 154_560_624),
        ("mobilenet-v3-large-0.75", .torchvision, 3_377_576, 140_033_816),
        ("mobilenet-v3-large-1.25", .torchvision, 8_164_744, 343_461_000),
        ("mobilenet-v3-small-0.5", .papers, 1_593_224, 24_188_688),
        ("mobilenet-v3-small-0.75", .papers, 2_041_872, 43_399_344),
        ("mobilenet-v3-small", .papers, 2_542_856, 56_510_400),
        ("mobilenet-v3-small-0.35", .torchvision, 558_744, 11_238_936),
        ("mobilenet-v3-small-0.5", .torchvision, 917_264, 18_970_736),
        ("mobilenet-v3-large-minimalistic", .papers, 3_924_288, 209_136_704),
        ("mobilenet-v3-small-minimalistic", .papers, 2_044_736, 52_288_448),
        ("mobilenet-v4-conv-small", .papers, 3_774_024, 186_005_568),
        ("mobilenet-v4-conv-medium", .papers, 9_715_512, 827_649_984),
        ("mobilenet-v4-conv-large", .papers, 32_590_864, 2_171_341_312),
        ("mobilenet-edgetpu", .papers, 4_091_432, 990_669_184),
        ("efficientnet-lite0", .papers, 4_652_008, 385_187_552),
        ("efficientnet-lite1", .papers, 5_416_680, 502_467_680),
        ("efficientnet-lite2", .papers, 6_092_072, 576_509_424),
        ("efficientnet-lite3", .papers, 8_197_096, 852_099_536),
        ("efficientnet-lite4", .papers, 13_006_568, 1_347_665_152),
    ])
    func countsArePyTorchs(_ name: String, _ scaling: WidthScaling, _ parameters: Int, _ multiplyAdds: Int) throws {
        var architecture = try #require(Architecture(rawValue: name))
        architecture.scaling = scaling
        let graph = try architecture.graph(resolution: 224)
        #expect(graph.learnedParameterCount == parameters)
        #expect(graph.multiplyAdds == multiplyAdds)
    }

    @Test func firstAndLastBlocksOfDeeperNetworksAreNotRepeated() {
        #expect(scaledRepeats([1, 2, 2, 3, 3, 4, 1], by: 1.8) == [1, 4, 4, 6, 6, 8, 1])
        #expect(scaledRepeats([1, 2, 3], by: 1) == [1, 2, 3])
    }

    // MARK: - Names

    @Test(arguments: Architecture.allCases) func namesReadBack(_ architecture: Architecture) {
        #expect(Architecture(rawValue: architecture.rawValue) == architecture)
        #expect(architecture.rawValue == architecture.family.rawValue)
    }

    @Test func widthsArePartOfNames() {
        #expect(Architecture(.mobileNetV2, width: 0.35).rawValue == "mobilenet-v2-0.35")
        #expect(Architecture(rawValue: "mobilenet-v2-0.35") == Architecture(.mobileNetV2, width: 0.35))
        #expect(Architecture(rawValue: "mobilenet-v3-large-minimalistic-0.75")?.family == .mobileNetV3LargeMinimalistic)
        #expect(Architecture(rawValue: "mobilenet-v1-1.0") == .mobileNetV1)
        #expect(Architecture(rawValue: "mobilenet-v1-1.0")?.rawValue == "mobilenet-v1")
    }

    @Test(arguments: [
        "", "-", "mobilenet", "mobilenet-v4", "mobilenet-v4-conv-small-0.5", "mobilenet-v1-",
        "mobilenet-v1-0", "mobilenet-v1--1", "mobilenet-v1-nan",
        "mobilenet-v1-inf",
        "mobilenet-v1-1e0", "mobilenet-v1-0x1", "mobilenet-v1-9", "mobilenet-v1-1..0", "mobilenet-v1-٢",
        "efficientnet-lite0-0.5", "efficientnet-lite5",
    ])
    func whatIsNoNameIsRefused(_ name: String) { #expect(Architecture(rawValue: name) == nil) }

    @Test(arguments: Architecture.allCases, [32, 33, 225, 1024])
    func anyResolutionWillDo(_ architecture: Architecture, _ resolution: Int) throws {
        let graph = try architecture.graph(resolution: resolution, classes: 3)
        #expect(graph[graph.output].shape == Shape(channels: 3))
    }

    @Test func mobileNetV1IsThePapersTable() throws {
        let graph = try Architecture.mobileNetV1.graph()
        let layers = graph.nodes.filter { $0.multiplyAdds > 0 }
        #expect(layers.count == 28)
        let outputs = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.name, $0.shape.description) })
        #expect(outputs["blocks.0.pointwise"] == "112² × 64")
        #expect(outputs["blocks.5.pointwise"] == "14² × 512")
        #expect(outputs["blocks.12.depthwise"] == "7² × 1024")
        #expect(outputs["classifier"] == "1000")
    }

    @Test func shapesAreThoseOfThePapersTables() throws {
        let graph = try Architecture.mobileNetV3Large.graph()
        let outputs = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.name, $0.shape.description) })
        #expect(outputs["stem"] == "112² × 16")
        #expect(outputs["blocks.0.project"] == "112² × 16")
        #expect(outputs["blocks.2.project"] == "56² × 24")
        #expect(outputs["blocks.5.project"] == "28² × 40")
        #expect(outputs["blocks.11.project"] == "14² × 112")
        #expect(outputs["blocks.14.project"] == "7² × 160")
        #expect(outputs["head"] == "7² × 960")
        #expect(outputs["hidden"] == "1280")
        #expect(outputs["classifier"] == "1000")
    }

    @Test func channelsAreRoundedAsInThePapers() {
        let cases = [
            (1.0, 8), (8.8, 8), (11.9, 16), (12, 16), (16 * 0.75, 16), (24 * 0.75, 24), (40 * 0.75, 32),
            (1280 * 1.4, 1792),
        ]
        for (channels, rounded) in cases { #expect(roundedToEight(channels) == rounded, "\(channels)") }
    }

    @Test func kernelsCoverTheirInput() {
        for padding in [Padding.same, .symmetric] {
            for size in 1...7 {
                for stride in 1...3 {
                    for extent in size...20 {
                        let kernel = KernelGeometry(size: size, stride: stride, padding: padding)
                        let zeros = kernel.vertical.zeros(around: extent)
                        let reach = (kernel.vertical.outputExtent(extent) - 1) * stride + size
                        #expect(zeros.before >= 0 && zeros.after >= 0)
                        #expect(reach <= zeros.before + extent + zeros.after)
                    }
                }
            }
        }
    }

    @Test func sameZerosGoToTheEnd() {
        let kernel = KernelGeometry(size: 3, stride: 2, padding: .same)
        #expect(kernel.vertical.zeros(around: 224) == (0, 1))
        #expect(kernel.vertical.zeros(around: 7) == (1, 1))
        #expect(KernelGeometry(size: 3, stride: 2).vertical.zeros(around: 224) == (1, 0))
    }

    @Test func layersThatDoNotFitAreNamed() throws {
        var graph = Graph(input: Shape(channels: 3, height: 4, width: 4))
        let other = try graph.add(.maxPool(KernelGeometry(size: 2, stride: 2)), named: "pool", to: graph.input)
        #expect(throws: GraphError(layer: "sum", index: 2, reason: "cannot combine 4² × 3 and 3² × 3")) {
            try graph.add(.add, named: "sum", to: graph.input, other)
        }
    }
}
