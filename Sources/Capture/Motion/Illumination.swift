/// Estimates the gain of a whole frame relative to the background, which clouds and automatic exposure change.
///
/// Surfaces reflect a constant fraction of the light, so a change of the light scales all cells by the same factor. The
/// median of the factors is that of the light as long as moving objects cover less than half of the frame.
struct Illumination: Sendable, Codable {
    /// Number of cells by their factor.
    private var histogram = [Int](repeating: 0, count: Self.bins)

    /// Bins of the histogram, a seventh of a percent each: less than half a level.
    private static let bins = 512
    /// Range of the histogram.
    private static let least: Float = 0.7
    private static let most: Float = 1.4
    /// Darker cells are mostly noise and have no factor; in levels.
    private static let darkest: Float = 16
    /// Smaller changes are within the resolution of the histogram, and are left to the background model.
    private static let slack: Float = 0.01

    /// Returns the gain of a frame, in 0.7...1.4; 1 if it is nearly 1 or unknown.
    ///
    /// - Parameters:
    ///   - levels: levels of the frame's cells.
    ///   - background: mean levels of the background.
    ///   - visible: whether each cell is outside of all masks.
    ///   - visibleCount: number of visible cells.
    mutating func gain(_ levels: [Float], background: [Float], visible: [Bool], visibleCount: Int) -> Float {
        histogram.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        let scale = Float(Self.bins) / (Self.most - Self.least)
        var count = 0
        for index in levels.indices where visible[index] && background[index] >= Self.darkest {
            let bin = (levels[index] / background[index] - Self.least) * scale
            histogram[Int(min(max(bin, 0), Float(Self.bins - 1)))] += 1
            count += 1
        }
        // A mostly dark frame has too few cells with a factor.
        guard count > 0, 2 * count >= visibleCount else { return 1 }
        let gain = Self.least + (Float(medianBin(of: count)) + 0.5) / scale
        return abs(gain - 1) < Self.slack ? 1 : gain
    }

    private func medianBin(of count: Int) -> Int {
        var below = 0
        for (bin, cells) in histogram.enumerated() {
            below += cells
            if 2 * below > count { return bin }
        }
        return histogram.count - 1
    }
}
