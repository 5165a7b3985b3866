/// Value of an ONNX network that depends on the input.
///
/// ONNX has tensors with any number of dimensions, which networks transpose and flatten; the graph has only channels,
/// rows and columns. So each dimension is a list of the graph's dimensions that it consists of, the outermost first: an
/// image is `[[], [c], [h], [w]]`, with the channels last `[[], [h], [w], [c]]`, flattened `[[], [c, h, w]]`.
/// Dimensions with an extent of 1 are left out.
struct OnnxValue {
    enum Factor { case channels, height, width }

    var pending: PendingValue
    var dimensions: [[Factor]]
    /// Zero padding (top, bottom, left, right), which becomes part of the next convolution; `nil` for none.
    var margins: [Int]?

    /// Layout of an image `[N, C, H, W]`.
    static let channelsFirst: [[Factor]] = [[], [.channels], [.height], [.width]]
    /// Layout of an image `[N, H, W, C]`.
    static let channelsLast: [[Factor]] = [[], [.height], [.width], [.channels]]

    /// Creates a value. Factors with an extent of 1 are removed from its dimensions.
    init(_ pending: PendingValue, _ dimensions: [[Factor]], of shape: Shape) {
        self.pending = pending
        self.dimensions = Self.reduced(dimensions, shape)
    }

    static func reduced(_ dimensions: [[Factor]], _ shape: Shape) -> [[Factor]] {
        dimensions.map { $0.filter { extent($0, shape) != 1 } }
    }

    static func extent(_ factor: Factor, _ shape: Shape) -> Int {
        switch factor {
        case .channels: shape.channels
        case .height: shape.height
        case .width: shape.width
        }
    }

    /// Returns the shape of the value in ONNX.
    func extents(_ shape: Shape) -> [Int] {
        dimensions.map { $0.reduce(1) { $0 * Self.extent($1, shape) } }
    }

    /// Whether the value has this layout.
    func isLaidOut(as dimensions: [[Factor]], _ shape: Shape) -> Bool {
        self.dimensions == Self.reduced(dimensions, shape)
    }

    /// Returns the dimensions after a reshape; `nil` if a new dimension would split an old one.
    func regrouped(_ extents: [Int], _ shape: Shape) -> [[Factor]]? {
        var factors = ArraySlice(dimensions.joined())
        var result: [[Factor]] = []
        for extent in extents {
            var group: [Factor] = []
            var product = 1
            while product < extent, let next = factors.popFirst() {
                group.append(next)
                product *= Self.extent(next, shape)
            }
            guard product == extent else { return nil }
            result.append(group)
        }
        return factors.isEmpty ? result : nil
    }
}
