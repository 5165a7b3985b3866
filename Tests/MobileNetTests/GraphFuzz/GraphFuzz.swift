import Foundation

@testable import MobileNet

/// Networks at random, one for each seed, and whether the engine computes them rightly.
enum GraphFuzz {
    /// The network of a seed: made at random, and in half of the cases changed at random then.
    static func graph(seed: UInt64) -> Graph {
        let graph = GraphGenerator.make(seed: seed)
        var random = SplitMix(seed: ~seed)
        guard Bool.random(using: &random) else { return graph }
        let mutated = graph.mutated(using: &random)
        return mutated.nodes.count > 1 ? mutated : graph
    }

    /// - Returns: whether the engine has all layers of the seed's network.
    /// - Throws: ``Finding``, with the seed and the network.
    static func check(seed: UInt64) throws -> Bool {
        let graph = graph(seed: seed)
        do {
            var check = GraphCheck(graph, seed: seed)
            return try check.run()
        } catch {
            throw Finding("seed \(seed): \(error)\n\(text(of: graph))")
        }
    }

    /// A network as its file has it.
    static func text(of graph: Graph) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(graph)).map { String(decoding: $0, as: UTF8.self) } ?? "\(graph)"
    }
}
