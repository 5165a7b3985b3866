/// Normalization of an 8-bit image to the network's input: `value * scale[channel] + offset[channel]`.
public struct ImageTask: BitwiseCopyable {
    /// Interleaved 8-bit RGB, `[height][width][3]`.
    public var pixels: UnsafePointer<UInt8>
    /// Distance between the starts of two rows of pixels, in bytes.
    public var bytesPerRow: Int
    /// Pixels of a row.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Whether the channels of the output are blue, green, red.
    public var reversesColours: Bool
    /// One factor per channel of the output.
    public var scale: (Float, Float, Float)
    /// One addend per channel of the output.
    public var offset: (Float, Float, Float)
    /// Interleaved floats, `[height][width][3]`.
    public var output: UnsafeMutablePointer<Float>
    /// Distance between the starts of two output rows, in floats.
    public var outputRowStride: Int

    public init(
        pixels: UnsafePointer<UInt8>, bytesPerRow: Int, width: Int, height: Int, reversesColours: Bool,
        scale: (Float, Float, Float), offset: (Float, Float, Float),
        output: UnsafeMutablePointer<Float>, outputRowStride: Int
    ) {
        self.pixels = pixels
        self.bytesPerRow = bytesPerRow
        self.width = width
        self.height = height
        self.reversesColours = reversesColours
        self.scale = scale
        self.offset = offset
        self.output = output
        self.outputRowStride = outputRowStride
    }
}
