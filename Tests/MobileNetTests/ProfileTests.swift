import Testing

@testable import MobileNet

/// Measurement of each kernel call.
@Suite(.timeLimit(.minutes(10))) struct ProfileTests {
    @Test(arguments: [Architecture.mobileNetV1, .mobileNetV2, .mobileNetV3Large, .efficientNetLite0])
    func callsHaveAllMultiplyAddsOfTheNetwork(_ architecture: Architecture) throws {
        let graph = try architecture.graph(resolution: 96, classes: 10)
        let plan = try Plan(
            graph: graph, weights: PlanTests.weights(of: graph), normalization: .imageNetStatistics,
            instructionSet: .best)
        let calls = Session(plan: plan).profile(runs: 3)
        #expect(calls.reduce(0) { $0 + $1.multiplyAdds } == graph.multiplyAdds)
        let working = calls.filter { $0.multiplyAdds > 0 }
        #expect(working.allSatisfy { $0.nanoseconds > 0 })
        #expect(working.allSatisfy { $0.bytes > 0 })
        // Names are those of the graph, and no call is counted for two layers.
        #expect(Set(working.map(\.layer)).isSubset(of: graph.nodes.map(\.name)))
        #expect(Set(working.map(\.layer)).count == working.count)
        #expect(calls.contains { $0.kernel == "depthwise 3×3/2" })
        #expect(calls.contains { $0.kernel == "convolution 1×1" })
    }

    @Test func aProfiledSessionComputesAsBefore() throws {
        let graph = try RandomGraph.make(seed: 3)
        let plan = try Plan(
            graph: graph, weights: PlanTests.weights(of: graph), normalization: .imageNetStatistics,
            instructionSet: .best)
        let session = Session(plan: plan, threads: 2)
        let input = Seeded.uniform("input", count: graph[graph.input].shape.count)
        input.withUnsafeBufferPointer(session.load(tensor:))
        let before = session.run().map(\.bitPattern)
        _ = session.profile(runs: 2)
        #expect(session.run().map(\.bitPattern) == before)
    }

    @Test func noKernelIsFasterThanThePeak() throws {
        let graph = try Architecture.mobileNetV1.graph(resolution: 224, classes: 1000)
        let weights = PlanTests.weights(of: graph)
        for instructionSet in InstructionSet.supported {
            let plan = try Plan(
                graph: graph, weights: weights, normalization: .imageNetStatistics, instructionSet: instructionSet)
            let peak = PeakBenchmark(plan).multiplyAddsPerNanosecond()
            #expect(peak > 0)
            let calls = Session(plan: plan).profile(runs: 5)
            let total = calls.reduce(0) { $0 + $1.nanoseconds }
            // The speed of a shared machine changes between the two; a peak that is wrong is wrong by more.
            #expect(Double(graph.multiplyAdds) / Double(total) < 1.5 * peak, "\(instructionSet)")
        }
    }
}
