/// A trained network: what it is, what its classes are called, and its weights.
///
/// The engine's own file is a safetensors file whose metadata says all of this; the tensors have the
/// names of ``Graph/parameters``.
public struct Model: Sendable {
    /// The name that events carry, as `efficientnet-lite0`.
    public var name: String
    /// Which network it is.
    public var network: Network
    /// What its classes are called, with the background if there is one; none for a network whose output is no vector
    /// and no boxes.
    public var labels: Labels
    /// What comes out of it.
    public var head: Head
    /// How images become its input.
    public var normalization: InputNormalization
    /// Where the weights came from.
    public var source: String
    /// Under which terms they may be used, if that is known.
    public var licence: String
    /// Its tensors, by the names of ``Graph/parameters``.
    public var weights: Weights

    public init(
        name: String, network: Network, labels: Labels, head: Head = Head(), normalization: InputNormalization,
        source: String, licence: String, weights: Weights
    ) {
        self.name = name
        self.network = network
        self.labels = labels
        self.head = head
        self.normalization = normalization
        self.source = source
        self.licence = licence
        self.weights = weights
    }

    /// The labels that may be reported: all but the background.
    public var reportedLabels: [String] { Array(labels.names.dropFirst(head.hasBackground ? 1 : 0)) }

    /// The network.
    ///
    /// - Throws: ``GraphError`` if the resolution does not fit the architecture.
    public func graph() throws(GraphError) -> Graph { try network.graph(classes: labels.names.count) }

    /// The network, made ready to run.
    ///
    /// - Throws: ``GraphError``, ``WeightsError``, ``PlanLimitError``.
    public func plan(for instructionSet: InstructionSet, limits: PlanLimits = .standard) throws -> Plan {
        try Plan(
            graph: graph(), weights: weights, normalization: normalization, head: head, instructionSet: instructionSet,
            limits: limits)
    }

    /// The network without its classifier (see ``Graph/withoutClassifier()``), made ready to run: its output is a
    /// vector of features, which mean no class.
    ///
    /// - Throws: ``GraphError``, ``WeightsError``, ``PlanLimitError``.
    public func featuresPlan(for instructionSet: InstructionSet, limits: PlanLimits = .standard) throws -> Plan {
        try Plan(
            graph: graph().withoutClassifier(), weights: weights, normalization: normalization,
            head: Head(activation: .none), instructionSet: instructionSet, limits: limits)
    }
}
