import Basics

/// Quantizes a float model to int8: Jacob et al., "Quantization and training of neural networks for efficient
/// integer-arithmetic-only inference", 2018, without training.
///
/// Images that are like those of later use are passed to ``calibrate(pixels:bytesPerRow:)`` first: they tell the range of
/// each layer's output. Then ``quantize(name:method:)`` makes the quantized model, and a ``QuantizationComparison`` tells what
/// it loses. To be used by one thread at a time.
public final class ModelQuantizer {
    /// Model to quantize.
    public let model: Model
    /// Number of images seen.
    public private(set) var images = 0

    let graph: Graph
    let stages: QuantizationStages
    private let session: Session
    private let float: FloatSession
    private var histograms: [Graph.Value: ActivationHistogram]
    private var buffer: [Float] = []

    /// Plans the float network so that all outputs of layers can be read.
    ///
    /// - Throws: ``GraphError`` for a layer that cannot be quantized, ``QuantizationError`` for a model that is quantized
    ///   already, and the errors of a ``Plan``.
    public init(
        _ model: Model, for instructionSet: InstructionSet, limits: PlanLimits = .standard
    ) throws {
        self.model = model
        graph = try model.graph()
        guard !graph.isQuantized else { throw QuantizationError.quantized(model.name) }
        stages = try QuantizationStages(of: graph, weights: model.weights)
        let plan = try Plan(
            graph: graph, weights: model.weights, normalization: model.normalization, head: model.head,
            instructionSet: instructionSet, limits: limits, memory: .heap, keeping: stages.observed)
        session = Session(plan: plan)
        guard case .float(let float) = session.engine else {
            preconditionFailure("the plan of a float model is a float plan")
        }
        self.float = float
        histograms = [:]
        for value in stages.observed {
            histograms[value] = ActivationHistogram(channels: graph[value].shape.channels)
        }
    }

    /// Runs the float network on an image, and adds the outputs of its layers to the histograms.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, of the size of the network's input.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    public func calibrate(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) {
        run(pixels: pixels, bytesPerRow: bytesPerRow)
        images += 1
        for value in stages.observed {
            read(value, into: &buffer)
            buffer.withUnsafeBufferPointer { histograms[value]?.add($0, pixels: graph[value].shape.pixels) }
        }
    }

    /// Returns the quantized model.
    ///
    /// - Parameters:
    ///   - name: the name of the new model.
    ///   - method: the choice of ranges.
    /// - Throws: ``QuantizationError`` if there was no image, and the errors of a ``Graph``.
    public func quantize(name: String, method: CalibrationMethod = .meanSquaredError) throws -> Model {
        guard images > 0 else { throw QuantizationError.noImages }
        var builder = QuantizedGraphBuilder(model, graph, histograms: histograms, method: method)
        for stage in stages.stages { try builder.add(stage) }
        return Model(
            name: name, network: .graph(builder.quantized), labels: model.labels, head: model.head,
            normalization: model.normalization, source: model.source, licence: model.licence,
            weights: builder.weights)
    }

    // MARK: - Float network

    /// Runs the float network on an image, and returns its output.
    @discardableResult
    func run(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) -> UnsafeBufferPointer<Float> {
        session.load(pixels: pixels, bytesPerRow: bytesPerRow)
        return session.run()
    }

    /// Copies an observed value of the last run, in the order `[H, W, C]`.
    func read(_ value: Graph.Value, into values: inout [Float]) { float.read(value, into: &values) }

    /// Histogram of a value of the float network; `nil` if it is not observed.
    func histogram(of value: Graph.Value) -> ActivationHistogram? { histograms[value] }
}

/// Error of a model that cannot be quantized.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
    /// The model is quantized already.
    case quantized(String)
    /// There were no images to calibrate with.
    case noImages

    /// Message with the name of the model.
    public var description: String {
        switch self {
        case .quantized(let name): "the model \(name) is quantized already"
        case .noImages: "no images to calibrate with"
        }
    }
}
