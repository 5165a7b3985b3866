/// What the numbers that come out of a network mean.
public struct Head: Equatable, Sendable {
    /// What has to be done with them to make them probabilities.
    public enum Activation: String, CaseIterable, Sendable {
        /// They are logits of classes that exclude each other.
        case softmax
        /// They are logits of classes that do not: several may be there at the same time.
        case sigmoid
        /// Nothing: they are probabilities, or no probabilities at all.
        case none
    }

    /// What has to be done with them to make them probabilities.
    public var activation: Activation
    /// Whether the first class stands for none of the others, as in TensorFlow's 1001 classes. It is never reported.
    public var hasBackground: Bool

    public init(activation: Activation = .softmax, hasBackground: Bool = false) {
        self.activation = activation
        self.hasBackground = hasBackground
    }
}
