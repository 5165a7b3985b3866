/// A trained network: what it is, what its classes are called, and its weights.
///
/// The engine's own file is a safetensors file whose metadata says all of this; the tensors have the
/// names of ``Graph/parameters``.
public struct Model: Sendable {
    /// The name that events carry, as `efficientnet-lite0`.
    public var name: String
    /// Which network it is.
    public var architecture: Architecture
    /// Pixels on each side of the input.
    public var resolution: Int
    /// What its classes are called.
    public var labels: Labels
    /// How pictures become its input.
    public var normalization: InputNormalization
    /// Where the weights came from.
    public var source: String
    /// Under which terms they may be used, if that is known.
    public var licence: String
    /// Its tensors, by the names of ``Graph/parameters``.
    public var weights: Weights

    public init(
        name: String, architecture: Architecture, resolution: Int, labels: Labels,
        normalization: InputNormalization, source: String, licence: String, weights: Weights
    ) {
        self.name = name
        self.architecture = architecture
        self.resolution = resolution
        self.labels = labels
        self.normalization = normalization
        self.source = source
        self.licence = licence
        self.weights = weights
    }

    /// The network.
    ///
    /// - Throws: ``GraphError`` if the resolution does not fit the architecture.
    public func graph() throws(GraphError) -> Graph {
        try architecture.graph(resolution: resolution, classes: labels.names.count)
    }

    /// The network, made ready to run.
    ///
    /// - Throws: ``GraphError``, ``WeightsError``.
    public func plan(for instructionSet: InstructionSet) throws -> Plan {
        try Plan(
            graph: graph(), weights: weights, normalization: normalization, instructionSet: instructionSet)
    }
}
