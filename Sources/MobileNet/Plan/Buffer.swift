/// Where a value of the graph lies in the workspace: channel-blocked, with a border of zeros if a
/// depthwise convolution reads it.
struct Buffer {
    /// Rows and columns of zeros around each plane.
    struct Border: Equatable {
        var top = 0
        var bottom = 0
        var left = 0
        var right = 0

        /// The smallest border that contains both.
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
    /// Where it starts in the workspace, in floats.
    var offset = 0

    /// How many blocks of channels there are.
    var blocks: Int { (shape.channels + lanes - 1) / lanes }
    /// From a row to the next, in floats.
    var rowStride: Int { (border.left + shape.width + border.right) * lanes }
    /// From a block to the next, in floats.
    var blockStride: Int { (border.top + shape.height + border.bottom) * rowStride }
    /// How much room it takes, in floats.
    var size: Int { blocks * blockStride }
    /// Where the first pixel lies, in floats from the start of the workspace.
    var origin: Int { offset + border.top * rowStride + border.left * lanes }

    var hasBorder: Bool { border != Border() }

    init(shape: Shape, border: Border, lanes: Int) {
        self.shape = shape
        self.border = border
        self.lanes = lanes
    }
}

extension KernelGeometry {
    /// The border that lets the window slide over an image without knowing its edges.
    func border(around shape: Shape) -> Buffer.Border {
        let rows = vertical.zeros(around: shape.height)
        let columns = horizontal.zeros(around: shape.width)
        return Buffer.Border(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
    }
}
