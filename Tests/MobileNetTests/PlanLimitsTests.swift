import Basics
import Testing

@testable import MobileNet

/// What a plan may ask for, told from the graph before anything is allocated.
@Suite(.timeLimit(.minutes(20))) struct PlanLimitsTests {
    private static let pixel = KernelGeometry.pixel

    /// Graphs of a few layers that ask for a lot. There are no weights: those are looked at later.
    private static func hostile() throws -> [(graph: Graph, limit: String)] {
        var large = Graph(input: Shape(channels: 3, height: 4096, width: 4096))
        let eight = try large.add(.convolution(outputs: 8, kernel: Self.pixel, bias: true), named: "c", to: large.input)
        _ = try large.add(.depthwise(kernel: KernelGeometry(size: 3), bias: true), named: "d", to: eight)
        var slow = Graph(input: Shape(channels: 3, height: 1024, width: 1024))
        let first = try slow.add(.convolution(outputs: 16, kernel: Self.pixel, bias: true), named: "c", to: slow.input)
        _ = try slow.add(.maxPool(KernelGeometry(size: 1023)), named: "p", to: first)
        var heavy = Graph(input: Shape(channels: 3, height: 1, width: 1))
        let wide = try heavy.add(
            .convolution(outputs: 1 << 20, kernel: Self.pixel, bias: true), named: "c", to: heavy.input)
        _ = try heavy.add(.dense(outputs: 1 << 20), named: "d", to: wide)
        var gathered = Graph(input: Shape(channels: 3, height: 256, width: 256))
        let one = try gathered.add(
            .convolution(outputs: 1, kernel: Self.pixel, bias: true), named: "c", to: gathered.input)
        let whole = KernelGeometry(size: 129)
        _ = try gathered.add(.convolution(outputs: 1, kernel: whole, bias: true), named: "g", to: one)
        var deep = Graph(input: Shape(channels: 3, height: 8, width: 8))
        var last = try deep.add(.convolution(outputs: 4, kernel: Self.pixel, bias: true), named: "c", to: deep.input)
        for index in 0..<2000 { last = try deep.add(.activation(.relu), named: "a\(index)", to: last) }
        return [
            (large, "workspace"), (slow, "work"), (heavy, "constants"), (gathered, "workspace"), (deep, "layers"),
            (try detector(), "work"),
        ]
    }

    /// A million boxes, each compared with ten thousand others.
    private static func detector() throws -> Graph {
        var graph = Graph(input: Shape(channels: 3, height: 512, width: 512))
        let features = try graph.add(
            .convolution(outputs: 16, kernel: Self.pixel, bias: true), named: "c", to: graph.input)
        let boxes = try graph.add(.reshape(channels: 4), named: "b", to: features)
        let scores = try graph.add(.reshape(channels: 4), named: "s", to: features)
        let parameters = DetectionParameters(
            most: 10_000, classes: 3, scoreThreshold: 0, overlapThreshold: 1, scales: [1, 1, 1, 1], isPerClass: true,
            mostPerClass: 10_000)
        _ = try graph.add(.detections(parameters), named: "d", to: [boxes, scores])
        return graph
    }

    @Test func aGraphThatAsksForTooMuchIsRefusedBeforeItsWeightsAreLookedAt() throws {
        for (graph, limit) in try Self.hostile() {
            for instructionSet in InstructionSet.supported {
                let error = #expect(throws: PlanLimitError.self) {
                    try Plan(
                        graph: graph, weights: Weights(), normalization: .symmetric, instructionSet: instructionSet)
                }
                #expect(error?.limit == limit, "\(error?.description ?? "")")
            }
        }
    }

    @Test(arguments: Architecture.Family.allCases) func everyNetworkOfTheFamilyFitsByFar(_ family: Architecture.Family)
        throws
    {
        let widths = family.widths.contains(1.4) ? [1, 1.4] : [1]
        for width in widths {
            let graph = try Architecture(family, width: width).graph(resolution: 1024)
            let estimate = PlanEstimate(graph)
            let limits = PlanLimits.standard
            #expect(3 * estimate.work < Double(limits.work))
            #expect(3 * estimate.constantBytes < Double(limits.constantBytes))
            #expect(3 * estimate.largestBuffer < Double(limits.workspaceBytes))
            #expect(3 * estimate.layers < limits.layers)
        }
    }

    @Test func theEstimateIsNeverLessThanWhatAPlanTakes() throws {
        for family in [Architecture.Family.mobileNetV1, .mobileNetV3Small, .efficientNetLite0] {
            let graph = try Architecture(family, width: family == .efficientNetLite0 ? 1 : 0.5).graph(resolution: 96)
            let plan = try Plan(
                graph: graph, weights: Self.weights(of: graph), normalization: .symmetric, instructionSet: .best)
            let estimate = PlanEstimate(graph)
            #expect(Double(plan.constantBytes) <= estimate.constantBytes)
            #expect(estimate.largestBuffer <= 2 * Double(plan.sessionBytes), "nor far more")
            #expect(estimate.work >= Double(graph.multiplyAdds))
        }
    }

    private static func weights(of graph: Graph) -> Weights {
        Weights(
            Dictionary(
                uniqueKeysWithValues: graph.parameters.map { parameter in
                    (
                        parameter.name,
                        Tensor(shape: parameter.shape, values: [Float](repeating: 0.1, count: parameter.count))
                    )
                }))
    }

    @Test func limitsAreReadFromText() throws {
        #expect(try PlanLimits(nil) == .standard && PlanLimits("") == .standard)
        var limits = PlanLimits.standard
        (limits.workspaceBytes, limits.work) = (4 << 30, 500_000_000_000)
        #expect(try PlanLimits("workspace=4GiB, work=500G") == limits)
        #expect(try PlanLimits("constants=2GB").constantBytes == 2_000_000_000)
        #expect(try PlanLimits("layers=4000").layers == 4000)
        #expect(try PlanLimits("workspace=9999TB").workspaceBytes == 1 << 44)
        for text in [
            "workspace", "workspace=", "workspace=0", "workspace=-1", "space=1GB", "work=1GiB", "layers=x",
            "work=1e400G", "=",
        ] {
            #expect(throws: PlanLimitsError.self, "\(text)") { try PlanLimits(text) }
        }
    }

    @Test func numbersOfBytesAreReadAndWritten() {
        for (count, text) in [
            (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1536, "1.5 KiB"), (1 << 20, "1 MiB"),
            (250 << 20, "250 MiB"), (.max, "8 EiB"),
        ] {
            #expect("\(Bytes(count))" == text)
        }
        #expect(Bytes("1.5 GiB")?.count == 3 << 29)
        for text in ["", "GiB", "1 PB", "1.2.3", "-1", "1e30"] { #expect(Bytes(text) == nil, "\(text)") }
    }
}
