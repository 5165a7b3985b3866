import Testing

@testable import MobileNet

/// Tables read like the papers'.
@Suite(.timeLimit(.minutes(20))) struct LayerTableTests {
    /// Table 1 of Howard et al. (2017), without its slip: the paper has stride 2 in the last depthwise row, too.
    @Test func mobileNetV1ReadsLikeThePapersTable1() throws {
        let rows = try Architecture.mobileNetV1.graph().table
        let lines = rows.map {
            "\($0.typeAndStride) | \($0.filterShape) | \($0.input.height) × \($0.input.width) × \($0.input.channels)"
        }
        let repeated = [
            "Conv dw / s1 | 3 × 3 × 512 dw | 14 × 14 × 512", "Conv / s1 | 1 × 1 × 512 × 512 | 14 × 14 × 512",
        ]
        let expected =
            [
                "Conv / s2 | 3 × 3 × 3 × 32 | 224 × 224 × 3",
                "Conv dw / s1 | 3 × 3 × 32 dw | 112 × 112 × 32",
                "Conv / s1 | 1 × 1 × 32 × 64 | 112 × 112 × 32",
                "Conv dw / s2 | 3 × 3 × 64 dw | 112 × 112 × 64",
                "Conv / s1 | 1 × 1 × 64 × 128 | 56 × 56 × 64",
                "Conv dw / s1 | 3 × 3 × 128 dw | 56 × 56 × 128",
                "Conv / s1 | 1 × 1 × 128 × 128 | 56 × 56 × 128",
                "Conv dw / s2 | 3 × 3 × 128 dw | 56 × 56 × 128",
                "Conv / s1 | 1 × 1 × 128 × 256 | 28 × 28 × 128",
                "Conv dw / s1 | 3 × 3 × 256 dw | 28 × 28 × 256",
                "Conv / s1 | 1 × 1 × 256 × 256 | 28 × 28 × 256",
                "Conv dw / s2 | 3 × 3 × 256 dw | 28 × 28 × 256",
                "Conv / s1 | 1 × 1 × 256 × 512 | 14 × 14 × 256",
            ] + repeated + repeated + repeated + repeated + repeated + [
                "Conv dw / s2 | 3 × 3 × 512 dw | 14 × 14 × 512",
                "Conv / s1 | 1 × 1 × 512 × 1024 | 7 × 7 × 512",
                "Conv dw / s1 | 3 × 3 × 1024 dw | 7 × 7 × 1024",
                "Conv / s1 | 1 × 1 × 1024 × 1024 | 7 × 7 × 1024",
                "Avg Pool / s1 | Pool 7 × 7 | 7 × 7 × 1024",
                "FC / s1 | 1024 × 1000 | 1 × 1 × 1024",
            ]
        #expect(lines == expected)
        #expect(rows.filter { $0.multiplyAdds > 0 }.count == 28)
        #expect(rows.allSatisfy { $0.activation == ($0.type.hasPrefix("Conv") ? .relu6 : .linear) })
    }

    @Test(arguments: Architecture.allCases) func nothingIsCountedTwiceOrForgotten(_ architecture: Architecture) throws {
        let graph = try architecture.graph()
        #expect(graph.table.map(\.parameters).reduce(0, +) == graph.learnedParameterCount)
        #expect(graph.table.map(\.multiplyAdds).reduce(0, +) == graph.multiplyAdds)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func anyNetworkHasATable(_ seed: UInt64) throws {
        let graph = try RandomGraph.make(seed: seed)
        #expect(graph.table.map(\.parameters).reduce(0, +) == graph.learnedParameterCount)
    }

    /// Of a block with squeeze-and-excitation: Howard et al. (2019), figure 4.
    @Test func nonLinearitiesGoWithTheLayersBeforeThem() throws {
        let rows = try Architecture.mobileNetV3Small.graph().table.filter { $0.name.hasPrefix("blocks.3.") }
        #expect(rows.map(\.type) == ["Conv", "Conv dw", "Avg Pool", "FC", "FC", "Multiply", "Conv"])
        #expect(rows.map(\.activation) == [.hardSwish, .hardSwish, .linear, .relu, .hardSigmoid, .linear, .linear])
    }
}
