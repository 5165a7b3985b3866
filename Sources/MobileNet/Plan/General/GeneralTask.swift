/// A layer that is rare, or that only moves numbers: plain loops, the same on every machine.
///
/// ``run()`` allocates nothing, but for the sorting of boxes. Tasks belong to a session, which runs them one after the other.
protocol GeneralTask {
    func run()
}

/// A channel-blocked tensor in a workspace. See ``Buffer``.
struct BlockedTensor {
    let shape: Shape
    let lanes: Int
    let blocks: Int
    let rowStride: Int
    let blockStride: Int
    /// The first pixel, behind the border.
    let base: UnsafeMutablePointer<Float>

    init(_ buffer: Buffer, in workspace: UnsafeMutablePointer<Float>) {
        shape = buffer.shape
        lanes = buffer.lanes
        blocks = buffer.blocks
        rowStride = buffer.rowStride
        blockStride = buffer.blockStride
        base = workspace + buffer.origin
    }

    /// All channels of a block, at a pixel.
    func vector(block: Int, row: Int, column: Int) -> UnsafeMutablePointer<Float> {
        base + block * blockStride + row * rowStride + column * lanes
    }

    /// A single number.
    subscript(channel: Int, row: Int, column: Int) -> Float {
        get { vector(block: channel / lanes, row: row, column: column)[channel % lanes] }
        nonmutating set { vector(block: channel / lanes, row: row, column: column)[channel % lanes] = newValue }
    }

    /// Number `index`, counted pixel by pixel, all channels of a pixel after each other.
    subscript(index: Int) -> Float {
        get {
            let pixel = index / shape.channels
            return self[index % shape.channels, pixel / shape.width, pixel % shape.width]
        }
        nonmutating set {
            let pixel = index / shape.channels
            self[index % shape.channels, pixel / shape.width, pixel % shape.width] = newValue
        }
    }
}
