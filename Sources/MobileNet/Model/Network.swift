/// Which network a model is.
public enum Network: Sendable {
    /// One that there is a table for.
    case architecture(Architecture, resolution: Int)
    /// One that came with its file.
    case graph(Graph)

    /// - Parameter classes: how many logits a network of a table has.
    /// - Throws: ``GraphError`` if the resolution does not fit the architecture.
    public func graph(classes: Int) throws(GraphError) -> Graph {
        switch self {
        case .architecture(let architecture, let resolution):
            try architecture.graph(resolution: resolution, classes: classes)
        case .graph(let graph): graph
        }
    }

    /// Which table it is of; `nil` for one that came with its file.
    public var architecture: Architecture? {
        if case .architecture(let architecture, _) = self { architecture } else { nil }
    }

    /// Height and width of the images that it wants.
    public var inputShape: Shape {
        switch self {
        case .architecture(_, let resolution): Shape(channels: 3, height: resolution, width: resolution)
        case .graph(let graph): graph[graph.input].shape
        }
    }

    /// As a line of a list has it.
    public var name: String {
        switch self {
        case .architecture(let architecture, _): architecture.rawValue
        case .graph(let graph): graph.isQuantized ? "imported, 8 bits" : "imported"
        }
    }
}
