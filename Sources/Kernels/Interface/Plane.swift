/// A channel-blocked tensor in memory that is read: `[blocks][rows][columns][lanes]`.
///
/// `base` is the first value that belongs to the image; where there is a border, it lies before.
/// Strides count floats.
public struct Plane: BitwiseCopyable {
    /// The first pixel of the first block, behind the border if there is one.
    public var base: UnsafePointer<Float>
    /// Floats from a row to the next.
    public var rowStride: Int
    /// Floats from a block of channels to the next.
    public var blockStride: Int

    public init(base: UnsafePointer<Float>, rowStride: Int, blockStride: Int) {
        self.base = base
        self.rowStride = rowStride
        self.blockStride = blockStride
    }
}

/// A channel-blocked tensor in memory that is written. See ``Plane``.
public struct MutablePlane: BitwiseCopyable {
    /// The first pixel of the first block, behind the border if there is one.
    public var base: UnsafeMutablePointer<Float>
    /// Floats from a row to the next.
    public var rowStride: Int
    /// Floats from a block of channels to the next.
    public var blockStride: Int

    public init(base: UnsafeMutablePointer<Float>, rowStride: Int, blockStride: Int) {
        self.base = base
        self.rowStride = rowStride
        self.blockStride = blockStride
    }
}
