/// Trained network with its labels and weights.
///
/// A model is stored as a safetensors file. The metadata of the file hold the properties; the tensors have the names of
/// ``Graph/parameters``.
public struct Model: Sendable {
    /// Name of the model, such as `efficientnet-lite0`. Events carry it.
    public var name: String
    /// Network that the weights belong to.
    public var network: Network
    /// Labels of the classes, including the background class. Empty for a network whose output is neither a vector nor
    /// bounding boxes.
    public var labels: Labels
    /// Interpretation of the output.
    public var head: Head
    /// Normalization of the input.
    public var normalization: InputNormalization
    /// Origin of the weights, for example a file name or a URL.
    public var source: String
    /// Licence of the weights; empty if unknown.
    public var licence: String
    /// Tensors, by the names of ``Graph/parameters``.
    public var weights: Weights

    /// Creates a model. Whether the weights fit the network is checked when a plan is made, and when a file is read.
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

    /// Labels of the classes, without the background class.
    public var reportedLabels: [String] { Array(labels.names.dropFirst(head.hasBackground ? 1 : 0)) }

    /// Returns the network's graph.
    ///
    /// - Throws: ``GraphError`` if the resolution does not fit the architecture.
    public func graph() throws(GraphError) -> Graph { try network.graph(classes: labels.names.count) }

    /// Returns a plan of the network.
    ///
    /// - Parameters:
    ///   - instructionSet: instruction set that this machine supports.
    ///   - limits: upper limits of memory and work.
    /// - Throws: ``GraphError``, ``WeightsError``, ``PlanLimitError``, or another error if there is not enough memory.
    public func plan(for instructionSet: InstructionSet, limits: PlanLimits = .standard) throws -> Plan {
        try Plan(
            graph: graph(), weights: weights, normalization: normalization, head: head, instructionSet: instructionSet,
            limits: limits)
    }

    /// Returns a plan of the network without its classifier (see ``Graph/withoutClassifier()``). The output is a
    /// feature vector.
    ///
    /// - Parameters:
    ///   - instructionSet: instruction set that this machine supports.
    ///   - limits: upper limits of memory and work.
    /// - Throws: ``GraphError``, ``WeightsError``, ``PlanLimitError``, or another error if there is not enough memory.
    public func featuresPlan(for instructionSet: InstructionSet, limits: PlanLimits = .standard) throws -> Plan {
        try Plan(
            graph: graph().withoutClassifier(), weights: weights, normalization: normalization,
            head: Head(activation: .none), instructionSet: instructionSet, limits: limits)
    }
}

/// Network of a model.
public enum Network: Sendable {
    /// Known architecture, for square images of `resolution` × `resolution` pixels.
    case architecture(Architecture, resolution: Int)
    /// Graph that was imported from a file.
    case graph(Graph)

    /// Returns the network's graph.
    ///
    /// - Parameter classes: number of logits of a known architecture. Imported graphs ignore it.
    /// - Throws: ``GraphError`` if the resolution does not fit the architecture.
    public func graph(classes: Int) throws(GraphError) -> Graph {
        switch self {
        case .architecture(let architecture, let resolution):
            try architecture.graph(resolution: resolution, classes: classes)
        case .graph(let graph): graph
        }
    }

    /// Known architecture; `nil` for an imported graph.
    public var architecture: Architecture? {
        if case .architecture(let architecture, _) = self { architecture } else { nil }
    }

    /// Shape of the input: three channels, and the height and width in pixels.
    public var inputShape: Shape {
        switch self {
        case .architecture(_, let resolution): Shape(channels: 3, height: resolution, width: resolution)
        case .graph(let graph): graph[graph.input].shape
        }
    }

    /// Short description of the network for lists: the architecture's name, or "imported".
    public var name: String {
        switch self {
        case .architecture(let architecture, _): architecture.rawValue
        case .graph(let graph): graph.isQuantized ? "imported, 8 bits" : "imported"
        }
    }
}

/// Interpretation of a network's output.
public struct Head: Equatable, Sendable {
    /// Function that maps the output to probabilities.
    public enum Activation: String, CaseIterable, Sendable {
        /// The output are logits of mutually exclusive classes.
        case softmax
        /// The output are logits of independent classes: several may apply to an image.
        case sigmoid
        /// The output is used as it is: the network ends with probabilities, or the output is not of classes.
        case none
    }

    /// Function that maps the output to probabilities.
    public var activation: Activation
    /// Whether the first class is the background class, as in TensorFlow's 1001 classes. It is never reported.
    public var hasBackground: Bool

    /// Creates an interpretation; by default softmax without a background class.
    public init(activation: Activation = .softmax, hasBackground: Bool = false) {
        self.activation = activation
        self.hasBackground = hasBackground
    }
}
