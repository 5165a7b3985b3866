import Foundation

@testable import MobileNet

/// Whether a network is computed rightly, by what has to be so whatever it computes:
///
/// - what was in memory before changes nothing, and nothing is touched outside of the buffers (``WatchedRun``);
/// - every instruction set computes the same: bit by bit if it computes with bytes, nearly if with numbers;
/// - a network of numbers computes what the interpreter says;
/// - layers that nothing reads, and zeros that are added, change nothing;
/// - it is the same when it has been written and read.
struct GraphCheck {
    let graph: Graph
    private let weights: Weights
    private let input: [Float]
    private var random: SplitMix

    /// - Parameter weights: those of a file; random ones if there is none.
    init(_ graph: Graph, weights: Weights? = nil, seed: UInt64) {
        self.graph = graph
        random = SplitMix(seed: seed)
        self.weights = weights ?? GraphWeights.make(for: graph, using: &random)
        var numbers = random
        input = (0..<graph[graph.input].shape.count).map { _ in Float.random(in: -1...1, using: &numbers) }
    }

    /// - Returns: whether the engine has all of the network's layers.
    /// - Throws: ``Finding``.
    mutating func run() throws -> Bool {
        guard let result = try output(of: graph, weights, .portable) else { return false }
        for instructionSet in InstructionSet.allCases where instructionSet.isSupported && instructionSet != .portable {
            guard let other = try output(of: graph, weights, instructionSet) else {
                throw Finding("\(instructionSet) cannot do what portable kernels can")
            }
            try expectSame(result, other, "\(instructionSet) and portable kernels differ")
        }
        try compareWithInterpreter(result)
        try checkCoding()
        try addDeadLayers(result)
        try addZeros(result)
        return true
    }

    /// What it computes in memory that buffers share, which has to be what it computes where they do not.
    private func output(of graph: Graph, _ weights: Weights, _ instructionSet: InstructionSet) throws -> [UInt32]? {
        do {
            let together = try WatchedRun(graph, weights, instructionSet, input: input, isApart: false)
            let apart = try WatchedRun(graph, weights, instructionSet, input: input, isApart: true)
            guard together.bits == apart.bits else {
                throw Finding("\(instructionSet): buffers that share memory disturb each other")
            }
            return together.bits
        } catch is GraphError {
            return nil
        }
    }

    // MARK: - Comparison

    private func expectSame(_ first: [UInt32], _ second: [UInt32], _ reason: String) throws {
        guard first != second else { return }
        guard !graph.isQuantized, let largest else {
            guard graph.isQuantized else { return }
            throw Finding(reason + ": " + Self.difference(first, second))
        }
        try expectClose(first.map { Double(Float(bitPattern: $0)) }, second, 1e-4 * max(1, largest), reason)
    }

    private func expectClose(_ first: [Double], _ second: [UInt32], _ tolerance: Double, _ reason: String) throws {
        let differs =
            first.count != second.count
            || zip(first, second).contains { !(abs($0 - Double(Float(bitPattern: $1))) <= tolerance) }
        if differs { throw Finding(reason + ": " + Self.difference(first.map { Float($0).bitPattern }, second)) }
    }

    private static func difference(_ first: [UInt32], _ second: [UInt32]) -> String {
        guard first.count == second.count else { return "\(first.count) and \(second.count) numbers" }
        let places = first.indices.filter { first[$0] != second[$0] }
        let examples = places.prefix(5).map {
            "[\($0)] \(Float(bitPattern: first[$0])) ≠ \(Float(bitPattern: second[$0]))"
        }
        return "\(places.count) of \(first.count) numbers, \(examples.joined(separator: ", "))"
    }

    /// The values of a network of numbers, as the interpreter has them; `nil` of layers that it lacks.
    private var reference: [[Double]]? {
        let isKnown = graph.nodes.allSatisfy {
            switch $0.layer {
            case .quantize, .dequantize, .detections: false
            default: true
            }
        }
        guard isKnown, !graph.isQuantized else { return nil }
        return ReferenceInterpreter(graph: graph, weights: weights).run(input)
    }

    /// The largest of all values, up to where rounding leaves something to compare; `nil` where it does not.
    private var largest: Double? {
        guard let reference else { return nil }
        let largest = reference.joined().reduce(0) { max($0, abs($1)) }
        return largest < 1e4 ? largest : nil
    }

    private func compareWithInterpreter(_ result: [UInt32]) throws {
        guard let largest, let planes = reference?.last else { return }
        let shape = graph[graph.output].shape
        let expected = (0..<shape.count).map { planes[$0 % shape.channels * shape.pixels + $0 / shape.channels] }
        try expectClose(expected, result, 1e-4 * max(1, largest), "the interpreter computes something else")
    }

    // MARK: - Changes that change nothing

    private func checkCoding() throws {
        let read = try JSONDecoder().decode(Graph.self, from: JSONEncoder().encode(graph))
        guard try read == graph.subgraph(upTo: graph.output) else {
            throw Finding("it is read otherwise than it was written")
        }
    }

    private mutating func addDeadLayers(_ result: [UInt32]) throws {
        let other = GraphGenerator.make(seed: random.next())
        let changed = graph.withDeadLayers(from: other)
        var weights = weights
        weights.merge(GraphWeights.make(for: changed, using: &random))
        for instructionSet in [InstructionSet.portable, .best] {
            guard let output = try output(of: changed, weights, instructionSet) else { continue }
            try expectSame(result, output, "\(instructionSet): layers that nothing reads change the output")
        }
    }

    private mutating func addZeros(_ result: [UInt32]) throws {
        let index = Int.random(in: 1..<graph.nodes.count, using: &random)
        guard let changed = graph.withZeros(addedTo: index) else { return }
        var weights = weights
        weights.setZeros(for: changed, graph.nodes[index])
        for instructionSet in [InstructionSet.portable, .best] {
            guard let output = try output(of: changed, weights, instructionSet) else { continue }
            try expectSame(
                result, output, "\(instructionSet): zeros added to \(graph.nodes[index].name) change the output")
        }
    }
}

extension Weights {
    /// Adds those of layers that have none yet.
    fileprivate mutating func merge(_ other: Weights) {
        quantized.merge(other.quantized) { own, _ in own }
        for (name, tensor) in other.tensors where self[name] == nil { self[name] = tensor }
    }

    /// The weights of the layer that ``Graph/withZeros(addedTo:)`` adds.
    fileprivate mutating func setZeros(for graph: Graph, _ node: Graph.Node) {
        for parameter in graph.nodes.first(where: { $0.name == "zeros" })?.parameters ?? [] {
            let isBias = parameter.shape.count == 1
            self[parameter.name] = Tensor(shape: parameter.shape, values: [Float](repeating: 0, count: parameter.count))
            quantized[parameter.name] = try? QuantizedTensor(
                shape: parameter.shape,
                values: isBias
                    ? .int32([Int32](repeating: 0, count: parameter.count))
                    : .int8([Int8](repeating: 0, count: parameter.count)),
                scales: [0.1], zeroPoint: 0)
        }
    }
}
