/// Any function of one byte, by a table of its 256 values.
public struct LookupTask: BitwiseCopyable {
    /// What is looked up.
    public var input: BytePlane
    /// Where the results go.
    public var output: MutableBytePlane
    /// Blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels in a row.
    public var width: Int
    /// 256 results.
    public var table: UnsafePointer<UInt8>

    public init(
        input: BytePlane, output: MutableBytePlane, blocks: Int, height: Int, width: Int, table: UnsafePointer<UInt8>
    ) {
        self.input = input
        self.output = output
        self.blocks = blocks
        self.height = height
        self.width = width
        self.table = table
    }
}
