import Testing

@testable import MobileNet

/// The tables are the papers'.
@Suite struct ArchitectureTests {
    /// Parameters and multiply-adds as published, in millions, to the digits that the papers print: V3 in
    /// table 3 of Howard et al. (2019) and torchvision's documentation; Lite0 in its announcement.
    @Test(arguments: [
        (Architecture.mobileNetV3Large, 5.48, 217.0), (.mobileNetV3Small, 2.54, 56.5), (.efficientNetLite0, 4.65, 385.0),
    ])
    func sizesAreThePublishedOnes(_ architecture: Architecture, _ parameters: Double, _ multiplyAdds: Double) throws {
        let graph = try architecture.graph()
        #expect(abs(Double(graph.learnedParameterCount) / 1e6 - parameters) < 0.006)
        #expect(abs(Double(graph.multiplyAdds) / 1e6 - multiplyAdds) < 0.5)
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
        let cases = [(1.0, 8), (8.8, 8), (11.9, 16), (12, 16), (16 * 0.75, 16), (24 * 0.75, 24), (40 * 0.75, 32), (1280 * 1.4, 1792)]
        for (channels, rounded) in cases { #expect(roundedToEight(channels) == rounded, "\(channels)") }
    }

    @Test func windowsCoverTheirInput() {
        for padding in [Padding.same, .symmetric] {
            for size in 1...7 {
                for stride in 1...3 {
                    for extent in size...20 {
                        let window = Window(size: size, stride: stride, padding: padding)
                        let zeros = window.vertical.zeros(around: extent)
                        let reach = (window.vertical.outputExtent(extent) - 1) * stride + size
                        #expect(zeros.before >= 0 && zeros.after >= 0)
                        #expect(reach <= zeros.before + extent + zeros.after)
                    }
                }
            }
        }
    }

    @Test func sameZerosGoToTheEnd() {
        let window = Window(size: 3, stride: 2, padding: .same)
        #expect(window.vertical.zeros(around: 224) == (0, 1))
        #expect(window.vertical.zeros(around: 7) == (1, 1))
        #expect(Window(size: 3, stride: 2).vertical.zeros(around: 224) == (1, 0))
    }

    @Test func layersThatDoNotFitAreNamed() throws {
        var graph = Graph(input: Shape(channels: 3, height: 4, width: 4))
        let other = try graph.add(.maximumPool(Window(size: 2, stride: 2)), named: "pool", to: graph.input)
        #expect(throws: GraphError(layer: "sum", index: 2, reason: "cannot combine 4² × 3 and 3² × 3")) {
            try graph.add(.add, named: "sum", to: graph.input, other)
        }
    }
}
