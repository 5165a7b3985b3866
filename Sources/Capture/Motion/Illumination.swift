/// Finds how much brighter or darker a whole frame is than the background: what a cloud does, or a camera
/// that sets its exposure anew because something bright came into sight.
///
/// A surface reflects the same part of more light, so every cell is brighter by the same factor; the median
/// of the factors is that of the light as long as things that moved cover less than half of the frame.
struct Illumination: Sendable {
    /// How many cells have a factor, from the least on.
    private var histogram = [Int](repeating: 0, count: Self.bins)

    private static let bins = 512
    /// The factors in the histogram. Steps of a seventh of a percent: less than half a level.
    private static let least: Float = 0.7
    private static let most: Float = 1.4
    /// Levels. What is darker than this has noise rather than a factor.
    private static let darkest: Float = 16
    /// Factors so near to 1 are the histogram's steps, and are left to the background's own learning.
    private static let slack: Float = 0.01

    /// The factor of a frame's light, in 0.7...1.4; 1 if it is nearly that, or cannot be told.
    mutating func gain(_ levels: [Float], background: [Float], visible: [Bool], visibleCount: Int) -> Float {
        histogram.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        let scale = Float(Self.bins) / (Self.most - Self.least)
        var count = 0
        for index in levels.indices where visible[index] && background[index] >= Self.darkest {
            let bin = (levels[index] / background[index] - Self.least) * scale
            histogram[Int(min(max(bin, 0), Float(Self.bins - 1)))] += 1
            count += 1
        }
        // Of a frame that is mostly dark, too little is known.
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
