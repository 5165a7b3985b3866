import Foundation

/// Compares a quantized model with the float model that it was made of, layer by layer, on images.
///
/// To be used by one thread at a time.
public final class QuantizationComparison {
    /// What a layer of the quantized network loses, together with all layers before it.
    public struct LayerLoss: Sendable {
        /// Name of the layer.
        public let name: String
        /// Type, as `Conv dw`.
        public let type: String
        /// Smallest and largest real value that the output represents.
        public let range: ClosedRange<Float>
        /// Share of the calibration values that the range clips, from 0 to 1.
        public let clipped: Double
        /// Signal-to-noise ratio of the output in decibels: the power of the float values, divided by that of the errors.
        /// `nil` if one of them is zero.
        public let signalToNoise: Double?
    }

    /// Number of images compared.
    public private(set) var images = 0
    /// Number of images with the same best label; `nil` if the network does not give labels.
    public private(set) var sameLabels: Int?

    private let quantizer: ModelQuantizer
    private let plan: Plan
    private let session: Session
    private let integer: IntegerSession
    private var pairs: [Pair]
    private var (floats, integers): ([Float], [Float]) = ([], [])

    /// Value of the float network and the same value of the quantized network.
    private struct Pair {
        var name: String
        var type: String
        var float: Graph.Value
        var integer: Graph.Value
        var quantization: Quantization
        var signal = 0.0
        var noise = 0.0
    }

    /// - Parameters:
    ///   - quantizer: the quantizer, which runs the float network.
    ///   - model: the model that it made.
    /// - Throws: the errors of a ``Plan``.
    public init(
        _ quantizer: ModelQuantizer, _ model: Model, for instructionSet: InstructionSet,
        limits: PlanLimits = .standard
    ) throws {
        self.quantizer = quantizer
        let graph = try model.graph()
        pairs = Self.pairs(quantizer, graph)
        plan = try Plan(
            graph: graph, weights: model.weights, normalization: model.normalization, head: model.head,
            instructionSet: instructionSet, limits: limits, memory: .heap, keeping: Set(pairs.map(\.integer)))
        session = Session(plan: plan)
        guard case .integer(let integer) = session.engine else {
            preconditionFailure("the plan of a quantized model is an integer plan")
        }
        self.integer = integer
        pairs.removeAll { !integer.read($0.integer, into: &integers) }
        sameLabels = plan.task == .classification ? 0 : nil
    }

    /// Pairs the values that both networks store. A rectifier behind a layer goes by the name of the layer.
    private static func pairs(_ quantizer: ModelQuantizer, _ graph: Graph) -> [Pair] {
        var values: [String: Graph.Value] = [:]
        for (index, node) in graph.nodes.enumerated() { values[node.name] = Graph.Value(index: index) }
        var producers: [Graph.Value: QuantizationStage] = [:]
        return quantizer.stages.stages.compactMap { stage in
            guard case .observed(let observed) = stage.scale else { return nil }
            if observed != stage.output {
                producers[observed] = stage
                return nil
            }
            let node = quantizer.graph.nodes[stage.node]
            guard let value = values[node.name], let quantization = graph[value].quantization else { return nil }
            let producer = producers[observed] ?? stage
            return Pair(
                name: quantizer.graph.nodes[producer.node].name, type: producer.layer.typeName, float: observed,
                integer: value, quantization: quantization)
        }
    }

    /// Runs both networks on an image.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, of the size of the network's input.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    public func add(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) {
        images += 1
        let expected = quantizer.run(pixels: pixels, bytesPerRow: bytesPerRow)
        session.load(pixels: pixels, bytesPerRow: bytesPerRow)
        let found = session.run()
        if sameLabels != nil, best(expected) == best(found) { sameLabels? += 1 }
        for index in pairs.indices {
            quantizer.read(pairs[index].float, into: &floats)
            guard integer.read(pairs[index].integer, into: &integers) else { continue }
            for at in floats.indices {
                pairs[index].signal += Double(floats[at] * floats[at])
                let error = floats[at] - integers[at]
                pairs[index].noise += Double(error * error)
            }
        }
    }

    /// Losses of all layers, in execution order.
    public var losses: [LayerLoss] {
        pairs.map { pair in
            LayerLoss(
                name: pair.name, type: pair.type, range: pair.quantization.range,
                clipped: quantizer.histogram(of: pair.float)?.share(clippedBy: pair.quantization) ?? 0,
                signalToNoise: pair.signal > 0 && pair.noise > 0 ? 10 * log10(pair.signal / pair.noise) : nil)
        }
    }

    private func best(_ scores: UnsafeBufferPointer<Float>) -> Int? {
        scores.indices.dropFirst(plan.head.hasBackground ? 1 : 0).max { scores[$0] < scores[$1] }
    }
}
