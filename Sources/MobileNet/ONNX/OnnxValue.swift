/// What is known of a value of an ONNX network that is computed of the image.
///
/// ONNX has tensors of any number of dimensions, and networks turn and flatten them; the graph has channels, rows and
/// columns only. So a dimension is remembered as the list of those that it is made of, the outermost first: an image
/// is `[[], [c], [h], [w]]`, with the channels last `[[], [h], [w], [c]]`, flattened `[[], [c, h, w]]`. Of what has a
/// single channel, row or column, that is left out.
struct OnnxValue {
    enum Factor { case channels, height, width }

    var pending: PendingValue
    var dimensions: [[Factor]]
    /// Zeros around it, top, bottom, left and right, which the convolution behind takes along.
    var margins: [Int]?

    static let picture: [[Factor]] = [[], [.channels], [.height], [.width]]
    static let pictureChannelsLast: [[Factor]] = [[], [.height], [.width], [.channels]]

    /// A value of the given dimensions, without those that the shape has one of.
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

    /// The extents that ONNX would say it has.
    func extents(_ shape: Shape) -> [Int] {
        dimensions.map { $0.reduce(1) { $0 * Self.extent($1, shape) } }
    }

    /// Whether its dimensions are these.
    func isLaidOut(as dimensions: [[Factor]], _ shape: Shape) -> Bool {
        self.dimensions == Self.reduced(dimensions, shape)
    }

    /// Its dimensions if the same numbers are taken as a tensor of other extents; `nil` if a new one would cut through
    /// an old one.
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
