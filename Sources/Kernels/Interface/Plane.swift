/// Channel-blocked float32 tensor for reading: `[blocks][rows][columns][lanes]`.
///
/// A border lies before `base`, if there is one. Strides count floats.
public struct Plane: BitwiseCopyable {
    /// First pixel of the first block, behind the border if there is one.
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

/// Channel-blocked float32 tensor for writing. See ``Plane``.
public struct MutablePlane: BitwiseCopyable {
    /// First pixel of the first block, behind the border if there is one.
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

/// Channel-blocked uint8 tensor for reading: `[blocks][rows][columns][16]`.
///
/// A block has 16 channels on every instruction set. The padding of the last block has undefined values. A border lies
/// before `base`, if there is one, and holds the zero point. Strides count bytes.
public struct BytePlane: BitwiseCopyable {
    /// First pixel of the first block, behind the border if there is one.
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

/// Channel-blocked uint8 tensor for writing. See ``BytePlane``.
public struct MutableBytePlane: BitwiseCopyable {
    /// First pixel of the first block, behind the border if there is one.
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
