/// A channel-blocked tensor in memory that is read: `[blocks][rows][columns][lanes]`.
///
/// `base` is the first value that belongs to the picture; where there is a border, it lies before.
/// Strides count floats.
public struct Plane: BitwiseCopyable {
    public var base: UnsafePointer<Float>
    public var rowStride: Int
    public var blockStride: Int

    public init(base: UnsafePointer<Float>, rowStride: Int, blockStride: Int) {
        self.base = base
        self.rowStride = rowStride
        self.blockStride = blockStride
    }
}

/// A channel-blocked tensor in memory that is written. See ``Plane``.
public struct MutablePlane: BitwiseCopyable {
    public var base: UnsafeMutablePointer<Float>
    public var rowStride: Int
    public var blockStride: Int

    public init(base: UnsafeMutablePointer<Float>, rowStride: Int, blockStride: Int) {
        self.base = base
        self.rowStride = rowStride
        self.blockStride = blockStride
    }
}
