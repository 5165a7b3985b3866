import Basics

/// How long the steps take from a source to its events.
public struct SourceTimings: Equatable, Sendable {
    /// Decoding what a picture is made from; nothing of it for a camera's raw pictures.
    public var decode = DurationHistogram()
    /// Bringing a region of a picture into the network's shape.
    public var scale = DurationHistogram()
    /// Running the network on it.
    public var infer = DurationHistogram()
    /// From the arrival of a picture to the decision.
    public var decision = DurationHistogram()

    public init() {}
}
