/// Kernel size, stride and padding of a convolution or a pooling. Dilation is always 1.
public struct KernelGeometry: Equatable, Hashable, Sendable, Codable {
    /// Rows of the kernel.
    public var height: Int
    /// Columns of the kernel.
    public var width: Int
    /// Stride between rows of the output, in input pixels.
    public var verticalStride: Int
    /// Stride between columns of the output, in input pixels.
    public var horizontalStride: Int
    /// Zero padding around the input.
    public var padding: Padding

    /// Creates a square kernel with the same stride in both directions.
    public init(size: Int, stride: Int = 1, padding: Padding = .symmetric) {
        self.init(height: size, width: size, verticalStride: stride, horizontalStride: stride, padding: padding)
    }

    /// Creates a kernel with a size and a stride for each direction.
    public init(height: Int, width: Int, verticalStride: Int, horizontalStride: Int, padding: Padding) {
        self.height = height
        self.width = width
        self.verticalStride = verticalStride
        self.horizontalStride = horizontalStride
        self.padding = padding
    }

    /// 1×1 kernel with stride 1.
    public static let pixel = KernelGeometry(size: 1)

    /// Number of pixels that the kernel covers.
    public var count: Int { height * width }

    /// Whether it is a 1×1 kernel with stride 1 and no padding, whatever form the padding has.
    public var isPixel: Bool {
        height == 1 && width == 1 && verticalStride == 1 && horizontalStride == 1
            && padding.margins.allSatisfy { $0 == 0 }
    }

    /// Whether size and stride are the same in both directions.
    public var isSquare: Bool { height == width && verticalStride == horizontalStride }

    /// Rows.
    var vertical: Axis {
        Axis(size: height, stride: verticalStride, padding: padding, margins: (padding.margins[0], padding.margins[1]))
    }

    /// Columns.
    var horizontal: Axis {
        Axis(size: width, stride: horizontalStride, padding: padding, margins: (padding.margins[2], padding.margins[3]))
    }

    /// Kernel size, stride and padding along one dimension.
    struct Axis {
        var size: Int
        var stride: Int
        var padding: Padding
        /// Explicit padding before and after.
        var margins: (before: Int, after: Int)

        /// Returns the output size for `extent` input pixels; 0 or less if the kernel does not fit.
        func outputExtent(_ extent: Int) -> Int {
            switch padding {
            case .symmetric: positions(in: extent + 2 * (size / 2))
            case .same: (extent + stride - 1) / stride
            case .explicit: positions(in: margins.before + extent + margins.after)
            }
        }

        /// Returns the number of zeros before the first and after the last of `extent` input pixels.
        ///
        /// The number after is what the last output needs. It may be zero, or less than the number before.
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

/// Zero padding around the input of a convolution.
public enum Padding: Equatable, Hashable, Sendable, Codable {
    /// Half of the kernel size on every side, as in PyTorch's models.
    case symmetric
    /// The minimum for an output of `⌈input / stride⌉`, an odd zero at the end: TensorFlow's `SAME`.
    case same
    /// A number of zeros for each side. Zero on all sides is TensorFlow's `VALID`.
    case explicit(top: Int, bottom: Int, left: Int, right: Int)

    /// No padding.
    public static let valid = Padding.explicit(top: 0, bottom: 0, left: 0, right: 0)

    /// Top, bottom, left and right of explicit padding. Zeros for the other cases, which depend on the kernel size.
    var margins: [Int] {
        if case .explicit(let top, let bottom, let left, let right) = self { return [top, bottom, left, right] }
        return [0, 0, 0, 0]
    }
}
