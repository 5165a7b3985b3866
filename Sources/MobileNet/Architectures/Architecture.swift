/// The networks that the engine has tables for.
public enum Architecture: String, CaseIterable, Sendable {
    case mobileNetV3Large = "mobilenet-v3-large"
    case mobileNetV3Small = "mobilenet-v3-small"
    case efficientNetLite0 = "efficientnet-lite0"

    /// The network for square images.
    ///
    /// - Parameters:
    ///   - resolution: pixels on each side, from 32.
    ///   - classes: how many logits there are.
    /// - Throws: ``GraphError`` if the resolution is too small for the network's strides.
    public func graph(resolution: Int = 224, classes: Int = 1000) throws(GraphError) -> Graph {
        switch self {
        case .mobileNetV3Large:
            try MobileNetV3.large.graph(width: 1, resolution: resolution, classes: classes)
        case .mobileNetV3Small:
            try MobileNetV3.small.graph(width: 1, resolution: resolution, classes: classes)
        case .efficientNetLite0:
            try EfficientNetLite.lite0.graph(resolution: resolution, classes: classes)
        }
    }

    /// How the published weights want their input.
    public var inputNormalization: InputNormalization {
        switch self {
        case .mobileNetV3Large, .mobileNetV3Small: .imageNetStatistics
        case .efficientNetLite0: InputNormalization(mean: (127, 127, 127), deviation: (128, 128, 128))
        }
    }
}
