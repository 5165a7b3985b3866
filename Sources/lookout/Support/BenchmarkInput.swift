import Basics
import Glibc
import MobileNet

/// Inputs of benchmarks: a checkpoint, and float32 data as other engines read it.
enum BenchmarkInput {
    /// Reads a checkpoint.
    ///
    /// - Parameters:
    ///   - architecture: expected architecture; `nil` to recognise it.
    ///   - origin: origin of the weights; `nil` to recognise it.
    /// - Throws: ``FileError``.
    static func checkpoint(
        _ path: String, as architecture: Architecture? = nil, from origin: CheckpointOrigin? = nil
    ) throws(FileError) -> CheckpointImport.Result {
        let bytes = try Files.read(path)
        do {
            return try CheckpointImport.read(
                bytes, as: architecture, from: origin, file: path.split(separator: "/").last.map(String.init) ?? path)
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
    }

    /// Makes the plan of a model: a name, a path, or `random:` and an architecture, which gets random weights.
    ///
    /// - Parameter resolution: width and height of the input in pixels, for `random:`; `nil` for the usual one.
    /// - Throws: ``Failure`` for an unknown architecture, and the errors of reading and planning a model.
    static func plan(_ name: String, resolution: Int?) throws -> Plan {
        let instructionSet = try Environment.instructionSet()
        let prefix = "random:"
        guard name.hasPrefix(prefix) else {
            return try Model.read(try Environment.models().path(of: name)).plan(
                for: instructionSet, limits: Environment.planLimits())
        }
        guard let architecture = Architecture(rawValue: String(name.dropFirst(prefix.count))) else {
            throw Failure(status: EX_USAGE, Architecture.unknown(name))
        }
        let graph = try architecture.graph(resolution: resolution)
        return try Plan(
            graph: graph, weights: weights(of: graph), normalization: architecture.inputNormalization,
            instructionSet: instructionSet)
    }

    /// Makes random weights with which activations neither vanish nor overflow: either would change the speed of the
    /// arithmetic.
    private static func weights(of graph: Graph) -> Weights {
        var weights = Weights()
        for parameter in graph.parameters {
            let inputs = parameter.shape.dropFirst().reduce(1, *)
            let bound = parameter.shape.count > 1 ? (6 / Float(inputs)).squareRoot() : 0.1
            let isFactor =
                parameter.shape.count == 1 && !parameter.name.hasSuffix("bias") && !parameter.name.hasSuffix("mean")
            weights[parameter.name] = Tensor(
                shape: parameter.shape,
                values: (0..<parameter.count).map { _ in isFactor ? 1 : Float.random(in: -bound...bound) })
        }
        return weights
    }

    /// Makes a session with the contents of a file as its input.
    ///
    /// - Parameters:
    ///   - threads: the number of threads for one image.
    ///   - input: raw float32, `[3, height, width]`, normalised.
    /// - Throws: ``FileError``.
    static func session(of plan: Plan, threads: Int = 1, input: String) throws(FileError) -> Session {
        let bytes = try Files.read(input)
        guard bytes.count == plan.inputShape.count * MemoryLayout<Float>.size else {
            throw FileError(path: input, kind: .malformed, reason: "not \(plan.inputShape.count) values of float32")
        }
        let session = Session(plan: plan, threads: threads)
        bytes.withUnsafeBytes { session.load(tensor: $0.bindMemory(to: Float.self)) }
        return session
    }
}
