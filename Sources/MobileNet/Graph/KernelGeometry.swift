/// The window that a convolution or a pool slides over its input.
public struct KernelGeometry: Equatable, Hashable, Sendable, Codable {
    /// Rows of the window.
    public var height: Int
    /// Columns of the window.
    public var width: Int
    /// How far it moves between outputs that lie one below the other.
    public var verticalStride: Int
    /// How far it moves between outputs that lie side by side.
    public var horizontalStride: Int
    /// What surrounds the input.
    public var padding: Padding

    /// A square window that moves as far down as it moves to the right.
    public init(size: Int, stride: Int = 1, padding: Padding = .symmetric) {
        self.init(height: size, width: size, verticalStride: stride, horizontalStride: stride, padding: padding)
    }

    public init(height: Int, width: Int, verticalStride: Int, horizontalStride: Int, padding: Padding) {
        self.height = height
        self.width = width
        self.verticalStride = verticalStride
        self.horizontalStride = horizontalStride
        self.padding = padding
    }

    /// A window of one pixel.
    public static let pixel = KernelGeometry(size: 1)

    /// How many pixels it covers.
    public var count: Int { height * width }

    /// Whether it looks at one pixel at a time, and at each of them, whatever its padding is called.
    public var isPixel: Bool {
        height == 1 && width == 1 && verticalStride == 1 && horizontalStride == 1
            && padding.margins.allSatisfy { $0 == 0 }
    }

    /// Whether it has as many rows as columns and moves as far in both directions.
    public var isSquare: Bool { height == width && verticalStride == horizontalStride }

    /// How the window moves down.
    var vertical: Axis {
        Axis(size: height, stride: verticalStride, padding: padding, margins: (padding.margins[0], padding.margins[1]))
    }

    /// How the window moves to the right.
    var horizontal: Axis {
        Axis(size: width, stride: horizontalStride, padding: padding, margins: (padding.margins[2], padding.margins[3]))
    }

    /// A window seen along one of its two directions.
    struct Axis {
        var size: Int
        var stride: Int
        var padding: Padding
        /// Those of explicit padding.
        var margins: (before: Int, after: Int)

        /// How many positions the window has along `extent` input pixels; none or fewer if it does not fit.
        func outputExtent(_ extent: Int) -> Int {
            switch padding {
            case .symmetric: positions(in: extent + 2 * (size / 2))
            case .same: (extent + stride - 1) / stride
            case .explicit: positions(in: margins.before + extent + margins.after)
            }
        }

        /// The zeros before the first and after the last of `extent` input pixels.
        ///
        /// Those after are as many as the last position needs, which may be none, or fewer than before.
        func zeros(around extent: Int) -> (before: Int, after: Int) {
            let covered = (outputExtent(extent) - 1) * stride + size
            let before =
                switch padding {
                case .symmetric: size / 2
                case .same: max(covered - extent, 0) / 2
                case .explicit: margins.before
                }
            return (before, max(covered - extent - before, 0))
        }

        private func positions(in extent: Int) -> Int { extent < size ? 0 : (extent - size) / stride + 1 }
    }
}

/// Where the zeros around the input of a convolution go.
public enum Padding: Equatable, Hashable, Sendable, Codable {
    /// Half of the window on every side, as PyTorch's models have it.
    case symmetric
    /// As few as make the output `⌈input / stride⌉` long, the odd one at the end: TensorFlow's `SAME`.
    case same
    /// As many as are said; none on any side is TensorFlow's `VALID`.
    case explicit(top: Int, bottom: Int, left: Int, right: Int)

    /// No zeros anywhere.
    public static let valid = Padding.explicit(top: 0, bottom: 0, left: 0, right: 0)

    /// Top, bottom, left and right of explicit padding; zeros of the others, whose margins depend on the window.
    var margins: [Int] {
        if case .explicit(let top, let bottom, let left, let right) = self { return [top, bottom, left, right] }
        return [0, 0, 0, 0]
    }
}
