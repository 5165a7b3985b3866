/// The size of a tensor for one image: channels × height × width.
public struct Shape: Equatable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// Of a vector, how many numbers it has.
    public var channels: Int
    /// Rows; 1 for a vector.
    public var height: Int
    /// Pixels in a row; 1 for a vector.
    public var width: Int

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// A vector: one value per channel.
    public init(channels: Int) { self.init(channels: channels, height: 1, width: 1) }

    /// How many pixels each channel has.
    public var pixels: Int { height * width }

    /// How many values there are.
    public var count: Int { channels * pixels }

    /// Whether there is one value per channel.
    public var isVector: Bool { height == 1 && width == 1 }

    /// Whether a tensor of this shape can be: it has numbers, and no more than fit a machine's memory.
    var isPossible: Bool {
        let extents = 1...1 << 20
        guard extents.contains(channels), extents.contains(height), extents.contains(width) else { return false }
        let (count, overflows) = (channels * height).multipliedReportingOverflow(by: width)
        return !overflows && count <= 1 << 27
    }

    /// As the papers print it: `112² × 16`, or `1280`.
    public var description: String {
        if isVector { return "\(channels)" }
        return height == width ? "\(height)² × \(channels)" : "\(height) × \(width) × \(channels)"
    }
}
