/// Shape of a tensor for one image (N = 1): channels C, height H, width W.
public struct Shape: Equatable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// Channels; the number of elements of a vector.
    public var channels: Int
    /// Rows; 1 for a vector.
    public var height: Int
    /// Pixels in a row; 1 for a vector.
    public var width: Int

    /// Creates the shape of an image or a feature map.
    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Creates the shape of a vector: one value for each channel.
    public init(channels: Int) { self.init(channels: channels, height: 1, width: 1) }

    /// Number of pixels of each channel.
    public var pixels: Int { height * width }

    /// Number of elements.
    public var count: Int { channels * pixels }

    /// Whether height and width are 1.
    public var isVector: Bool { height == 1 && width == 1 }

    /// Whether the extents are in range: none is zero, and the tensor fits in memory.
    var isPossible: Bool {
        let extents = 1...1 << 20
        guard extents.contains(channels), extents.contains(height), extents.contains(width) else { return false }
        let (count, overflows) = (channels * height).multipliedReportingOverflow(by: width)
        return !overflows && count <= 1 << 27
    }

    /// Notation of the papers: `112² × 16`, or `1280`.
    public var description: String {
        if isVector { return "\(channels)" }
        return height == width ? "\(height)² × \(channels)" : "\(height) × \(width) × \(channels)"
    }
}
