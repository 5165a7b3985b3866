import Basics

/// How long the steps take from a source to its events.
package struct SourceTimings: Equatable, Sendable {
    /// Decoding what a frame is made from; nothing of it for a camera's raw frames.
    package var decode = DurationHistogram()
    /// Bringing a region of a frame into the network's shape.
    package var scale = DurationHistogram()
    /// Running the network on it.
    package var infer = DurationHistogram()
    /// From the arrival of a frame to the decision.
    package var detection = DurationHistogram()

    package init() {}
}
