import Testing

@testable import MobileNet

/// One image on several threads.
@Suite(.timeLimit(.minutes(20))) struct ThreadsTests {
    @Test(arguments: [
        Architecture.mobileNetV1, .mobileNetV2, .mobileNetV3Small, .mobileNetV3Large, .efficientNetLite0,
    ])
    func resultsAreTheSameBitForBitForAnyNumberOfThreads(_ architecture: Architecture) throws {
        let graph = try architecture.graph(resolution: 160, classes: 1000)
        let weights = PlanTests.weights(of: graph)
        let input = Seeded.uniform("input", count: graph[graph.input].shape.count)
        for instructionSet in InstructionSet.supported {
            let plan = try Plan(
                graph: graph, weights: weights, normalization: .imageNetStatistics, instructionSet: instructionSet)
            let expected = Self.bits(plan, input, threads: 1)
            for threads in [2, 3, 7] {
                #expect(Self.bits(plan, input, threads: threads) == expected, "\(threads) threads, \(instructionSet)")
            }
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func networksAtRandomAreTheSameToo(_ quarter: UInt64) throws {
        for seed in 100 * quarter..<100 * quarter + 25 {
            for graph in [try RandomGraph.make(seed: seed), try RandomGraph.makeGeneral(seed: seed)] {
                let input = Seeded.uniform("input \(seed)", count: graph[graph.input].shape.count)
                let plan = try Plan(
                    graph: graph, weights: PlanTests.weights(of: graph), normalization: .imageNetStatistics,
                    instructionSet: .best)
                let expected = Self.bits(plan, input, threads: 1)
                #expect(Self.bits(plan, input, threads: 2) == expected, "seed \(seed): \(graph.nodes.map(\.layer))")
            }
        }
    }

    @Test func theFeatureVectorIsTheSame() throws {
        let graph = try Architecture.mobileNetV3Small.graph(resolution: 64, classes: 10)
        let plan = try Plan(
            graph: graph, weights: PlanTests.weights(of: graph), normalization: .imageNetStatistics,
            instructionSet: .best)
        let input = Seeded.uniform("input", count: graph[graph.input].shape.count)
        let features = [1, 2].map { threads in
            let session = Session(plan: plan, threads: threads)
            input.withUnsafeBufferPointer(session.load(tensor:))
            session.run()
            return session.features
        }
        #expect(features[0] != nil)
        #expect(features[0] == features[1])
    }

    /// Runs three times: the second and third run find the threads awake, and old values in memory.
    private static func bits(_ plan: Plan, _ input: [Float], threads: Int) -> [UInt32] {
        let session = Session(plan: plan, threads: threads)
        input.withUnsafeBufferPointer(session.load(tensor:))
        let runs = (0..<3).map { _ in session.run().map(\.bitPattern) }
        #expect(runs[0] == runs[1])
        #expect(runs[0] == runs[2])
        return runs[0]
    }
}
