/// Numbers and their shape, row by row (the last index moves fastest), as PyTorch and safetensors have them.
public struct Tensor: Equatable, Sendable {
    /// The extents; empty for a single number.
    public let shape: [Int]
    /// Row by row.
    public let values: [Float]

    /// - Precondition: there are as many values as the shape says.
    public init(shape: [Int], values: [Float]) {
        precondition(Extents.count(shape) == values.count, "\(values.count) values for the shape \(shape)")
        self.shape = shape
        self.values = values
    }

    /// Whether all of its numbers are numbers.
    var isFinite: Bool {
        // A sum of products with zero is zero, unless one of them is not: one test, and not one for each.
        values.withUnsafeBufferPointer { values in values.reduce(0 as Float) { $0 + $1 * 0 } } == 0
    }
}
