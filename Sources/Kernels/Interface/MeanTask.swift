/// Global average pooling: the mean of each channel over the plane.
public struct MeanTask: BitwiseCopyable {
    public var input: Plane
    public var blocks: Int
    public var height: Int
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
