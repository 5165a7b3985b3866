/// Global average pooling: the mean of each channel over the plane.
public struct MeanTask: BitwiseCopyable {
    /// What the means are taken of.
    public var input: Plane
    /// Blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels in a row.
    public var width: Int
    /// `[blocks][lanes]`.
    public var output: UnsafeMutablePointer<Float>

    public init(input: Plane, blocks: Int, height: Int, width: Int, output: UnsafeMutablePointer<Float>) {
        self.input = input
        self.blocks = blocks
        self.height = height
        self.width = width
        self.output = output
    }
}
