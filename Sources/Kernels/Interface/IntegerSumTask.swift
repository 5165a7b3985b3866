/// The sum of each channel's bytes over the plane, for means and squeeze-and-excitation.
public struct IntegerSumTask: BitwiseCopyable {
    /// What is summed.
    public var input: BytePlane
    /// Blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels in a row.
    public var width: Int
    /// `[blocks][16]`.
    public var output: UnsafeMutablePointer<Int32>

    public init(input: BytePlane, blocks: Int, height: Int, width: Int, output: UnsafeMutablePointer<Int32>) {
        self.input = input
        self.blocks = blocks
        self.height = height
        self.width = width
        self.output = output
    }
}
