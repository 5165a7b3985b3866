/// The square window that a convolution slides over its input.
public struct Window: Equatable, Sendable {
    /// Height and width of the window.
    public var size: Int
    /// How far it moves between neighbouring outputs.
    public var stride: Int
    /// What surrounds the input.
    public var padding: Padding

    public init(size: Int, stride: Int = 1, padding: Padding = .symmetric) {
        self.size = size
        self.stride = stride
        self.padding = padding
    }

    /// A window of one pixel.
    public static let pixel = Window(size: 1)

    /// How many positions the window has along `extent` input pixels.
    public func outputExtent(_ extent: Int) -> Int {
        switch padding {
        case .symmetric: (extent + 2 * (size / 2) - size) / stride + 1
        case .same: (extent + stride - 1) / stride
        }
    }

    /// The zeros before the first and after the last of `extent` input pixels.
    ///
    /// Those after are as many as the last position needs, which may be none, or fewer than before.
    public func zeros(around extent: Int) -> (before: Int, after: Int) {
        let covered = (outputExtent(extent) - 1) * stride + size
        let before =
            switch padding {
            case .symmetric: size / 2
            case .same: max(covered - extent, 0) / 2
            }
        return (before, max(covered - extent - before, 0))
    }
}

/// Where the zeros around the input of a convolution go.
public enum Padding: String, Equatable, Sendable {
    /// `size / 2` on every side, as PyTorch's models have it.
    case symmetric
    /// As few as make the output `⌈input / stride⌉` long, the odd one at the end: TensorFlow's `SAME`.
    case same
}
