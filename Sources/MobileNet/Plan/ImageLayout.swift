/// How a network's input lies in memory: interleaved (red, green, blue), with the border of zeros that
/// the first convolution needs. It is not channel-blocked: three channels would fill a block badly.
struct ImageLayout {
    let width: Int
    let height: Int
    let border: Buffer.Border

    static let channels = 3

    /// From a row to the next, in floats.
    var rowStride: Int { (border.left + width + border.right) * Self.channels }
    /// How much room it takes, in floats.
    var size: Int { (border.top + height + border.bottom) * rowStride }
    /// Where the first pixel lies, in floats.
    var origin: Int { border.top * rowStride + border.left * Self.channels }
}
