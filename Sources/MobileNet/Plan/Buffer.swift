/// Position and layout of a value of the graph in the workspace: channel-blocked, with a border of zeros if a depthwise
/// convolution reads it.
///
/// Sizes count elements: float32 in float plans, uint8 in quantized plans.
struct Buffer {
    /// Rows and columns of padding around each plane.
    struct Border: Equatable {
        var top = 0
        var bottom = 0
        var left = 0
        var right = 0

        /// Returns the smallest border that contains both.
        func union(_ other: Border) -> Border {
            Border(
                top: max(top, other.top), bottom: max(bottom, other.bottom),
                left: max(left, other.left), right: max(right, other.right))
        }
    }

    let shape: Shape
    let border: Border
    /// Channels in a block.
    let lanes: Int
    /// Offset of the buffer in the workspace.
    var offset = 0

    /// Number of blocks of channels.
    var blocks: Int { (shape.channels + lanes - 1) / lanes }
    /// Elements from a row to the next.
    var rowStride: Int { (border.left + shape.width + border.right) * lanes }
    /// Elements from a block to the next.
    var blockStride: Int { (border.top + shape.height + border.bottom) * rowStride }
    /// Number of elements, including the border.
    var size: Int { blocks * blockStride }
    /// Offset of the first pixel in the workspace.
    var origin: Int { offset + border.top * rowStride + border.left * lanes }

    var hasBorder: Bool { border != Border() }

    /// Calls a closure with the offset of each element in the workspace, in the order `[H, W, C]`.
    @inline(__always)
    func forEach(_ body: (Int) -> Void) {
        for row in 0..<shape.height {
            for column in 0..<shape.width {
                let pixel = origin + row * rowStride + column * lanes
                for channel in 0..<shape.channels { body(pixel + channel / lanes * blockStride + channel % lanes) }
            }
        }
    }

    init(shape: Shape, border: Border, lanes: Int) {
        self.shape = shape
        self.border = border
        self.lanes = lanes
    }
}

extension KernelGeometry {
    /// Returns the border that holds the padding, so that loops need no special cases at the edges.
    func border(around shape: Shape) -> Buffer.Border {
        let rows = vertical.zeros(around: shape.height)
        let columns = horizontal.zeros(around: shape.width)
        return Buffer.Border(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
    }
}

/// Layout of the input image in memory: interleaved RGB, `[H, W, 3]`, with the padding of the first convolution.
///
/// It is not channel-blocked: three channels would leave most of a block unused. Sizes count elements.
struct ImageLayout {
    let width: Int
    let height: Int
    let border: Buffer.Border

    static let channels = 3

    /// Elements from a row to the next.
    var rowStride: Int { (border.left + width + border.right) * Self.channels }
    /// Number of elements, including the border.
    var size: Int { (border.top + height + border.bottom) * rowStride }
    /// Offset of the first pixel.
    var origin: Int { border.top * rowStride + border.left * Self.channels }
}
