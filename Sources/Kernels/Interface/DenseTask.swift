/// A fully connected layer for one input vector: `activation(W x + b)`.
public struct DenseTask: BitwiseCopyable {
    /// `reduction` values.
    public var input: UnsafePointer<Float>
    /// Numbers in the input.
    public var reduction: Int
    /// Panels of `[reduction][panel width]`, the last one narrower if the output needs it narrower.
    public var weights: UnsafePointer<Float>
    /// One value per output, filled up to whole vectors.
    public var bias: UnsafePointer<Float>
    /// How many vectors of outputs there are.
    public var outputBlocks: Int
    /// What is done to each sum.
    public var activation: Activation
    /// One number for each output, filled up to whole vectors.
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
