/// Fully connected layer for one input vector: `activation(W x + b)`.
public struct DenseTask: BitwiseCopyable {
    /// Input, `[reduction]`.
    public var input: UnsafePointer<Float>
    /// Number of values of the input.
    public var reduction: Int
    /// Panels of `[reduction][panel width]`, the last one narrower if the output is.
    public var weights: UnsafePointer<Float>
    /// One value per output, padded to whole vectors.
    public var bias: UnsafePointer<Float>
    /// Number of blocks of outputs.
    public var outputBlocks: Int
    /// Activation of each sum.
    public var activation: Activation
    /// One value for each output, padded to whole vectors.
    public var output: UnsafeMutablePointer<Float>

    public init(
        input: UnsafePointer<Float>, reduction: Int, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        outputBlocks: Int, activation: Activation, output: UnsafeMutablePointer<Float>
    ) {
        self.input = input
        self.reduction = reduction
        self.weights = weights
        self.bias = bias
        self.outputBlocks = outputBlocks
        self.activation = activation
        self.output = output
    }
}
