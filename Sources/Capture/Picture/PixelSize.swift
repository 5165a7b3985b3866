/// Width and height, in pixels.
public struct PixelSize: Hashable, Sendable, CustomStringConvertible {
    /// Pixels in a row.
    public var width: Int
    /// Rows.
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Whether the other is no larger, in both directions.
    public func covers(_ other: PixelSize) -> Bool { width >= other.width && height >= other.height }

    public var description: String { "\(width)x\(height)" }
}
