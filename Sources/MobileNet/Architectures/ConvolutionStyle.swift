/// What all convolutions of a network have in common. It is no part of the papers' tables, but belongs to the
/// weights: those that were trained with one padding compute something else with the other.
public struct ConvolutionStyle: Equatable, Hashable, Sendable {
    /// Where the zeros around the input go: `symmetric` or `same`.
    public var padding: Padding
    /// The ε of batch normalisation.
    public var epsilon: Float

    public init(padding: Padding, epsilon: Float) {
        self.padding = padding
        self.epsilon = epsilon
    }

    /// What PyTorch does unless it is told otherwise.
    public static let pyTorch = ConvolutionStyle(padding: .symmetric, epsilon: 1e-5)
    /// As the authors' own networks are, which were trained with TensorFlow.
    public static let tensorFlow = ConvolutionStyle(padding: .same, epsilon: 1e-3)
}
