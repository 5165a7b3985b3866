/// A quantised tensor in memory that is read: `[blocks][rows][columns][16]` bytes.
///
/// A block has 16 channels on every instruction set; the last one is filled up, with bytes that mean
/// nothing. `base` is the first byte that belongs to the image; where there is a border, it lies before,
/// and holds the zero point. Strides count bytes.
public struct BytePlane: BitwiseCopyable {
    /// The first pixel of the first block, behind the border if there is one.
    public var base: UnsafePointer<UInt8>
    /// Bytes from a row to the next.
    public var rowStride: Int
    /// Bytes from a block of channels to the next.
    public var blockStride: Int

    public init(base: UnsafePointer<UInt8>, rowStride: Int, blockStride: Int) {
        self.base = base
        self.rowStride = rowStride
        self.blockStride = blockStride
    }
}

/// A quantised tensor in memory that is written. See ``BytePlane``.
public struct MutableBytePlane: BitwiseCopyable {
    /// The first pixel of the first block, behind the border if there is one.
    public var base: UnsafeMutablePointer<UInt8>
    /// Bytes from a row to the next.
    public var rowStride: Int
    /// Bytes from a block of channels to the next.
    public var blockStride: Int

    public init(base: UnsafeMutablePointer<UInt8>, rowStride: Int, blockStride: Int) {
        self.base = base
        self.rowStride = rowStride
        self.blockStride = blockStride
    }
}
