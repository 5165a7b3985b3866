/// Bytes of an image to the network's input: `value * scale[channel] + offset[channel]`.
public struct ImageTask: BitwiseCopyable {
    /// Interleaved 8-bit RGB.
    public var pixels: UnsafePointer<UInt8>
    /// From the start of a row of pixels to that of the next.
    public var bytesPerRow: Int
    /// Pixels in a row.
    public var width: Int
    /// Rows.
    public var height: Int
    /// Whether the last colour comes first in the output: blue, green, red.
    public var reversesColours: Bool
    /// One factor per channel of the output.
    public var scale: (Float, Float, Float)
    /// One summand per channel of the output.
    public var offset: (Float, Float, Float)
    /// Interleaved floats.
    public var output: UnsafeMutablePointer<Float>
    /// From the start of an output row to that of the next, in floats.
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
