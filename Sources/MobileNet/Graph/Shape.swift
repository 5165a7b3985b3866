/// The size of a tensor for one image: channels × height × width.
public struct Shape: Equatable, Hashable, Sendable, CustomStringConvertible {
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
    public var isVector: Bool { pixels == 1 }

    /// As the papers print it: `112² × 16`, or `1280`.
    public var description: String {
        if isVector { return "\(channels)" }
        return height == width ? "\(height)² × \(channels)" : "\(height) × \(width) × \(channels)"
    }
}
