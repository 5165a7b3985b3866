/// Task of a network.
public enum ModelTask: String, CaseIterable, Sendable {
    /// A score for each class, of the whole image.
    case classification
    /// Bounding boxes of objects, each with a class and a score.
    case detection
    /// Another output, such as a feature map.
    case other
}

extension Graph {
    /// Task of the network, by its last layer.
    public var task: ModelTask {
        if case .detections = self[output].layer { return .detection }
        return self[output].shape.isVector ? .classification : .other
    }
}
