/// Width and height, in pixels.
package struct PixelSize: Hashable, Sendable, CustomStringConvertible {
    /// Pixels in a row.
    package var width: Int
    /// Rows.
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Parameter text: as `640x480`.
    package init?(_ text: String) {
        let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
            (1...65_535).contains(width), (1...65_535).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }

    /// Whether the other is no larger, in both directions.
    package func covers(_ other: PixelSize) -> Bool { width >= other.width && height >= other.height }

    package var description: String { "\(width)x\(height)" }
}
