/// Histogram of the values of one tensor of a network over many images, with the mean of each channel.
///
/// Bins have the same width on both sides of zero. If a value lies beyond the last bin, the width doubles, so one pass over
/// the images is enough. Exact zeros are counted apart: every quantization represents them without an error.
struct ActivationHistogram: Sendable {
    /// Number of values in each bin, from the most negative bin to the most positive one.
    private(set) var counts = [Int](repeating: 0, count: 2 * sideBins)
    /// Width of a bin.
    private(set) var width: Float = 0
    /// Smallest value, or 0 if all are positive.
    private(set) var low: Float = 0
    /// Largest value, or 0 if all are negative.
    private(set) var high: Float = 0
    /// Number of exact zeros.
    private(set) var zeros = 0
    /// Sum of each channel.
    private var sums: [Double]
    /// Number of values of each channel.
    private var valuesPerChannel = 0

    /// Bins on each side of zero.
    static let sideBins = 2048

    /// Creates an empty histogram.
    init(channels: Int) { sums = [Double](repeating: 0, count: channels) }

    /// Mean of each channel.
    var means: [Float] { sums.map { Float($0 / Double(max(valuesPerChannel, 1))) } }

    /// Number of all values.
    var total: Int { valuesPerChannel * sums.count }

    /// Adds the values of an image.
    ///
    /// - Parameters:
    ///   - values: `[H, W, C]`.
    ///   - pixels: the number of pixels.
    mutating func add(_ values: UnsafeBufferPointer<Float>, pixels: Int) {
        let channels = sums.count
        valuesPerChannel += pixels
        widen(to: Self.largest(values))
        guard width > 0 else {
            zeros += values.count
            return
        }
        let factor = 1 / width
        sums.withUnsafeMutableBufferPointer { sums in
            counts.withUnsafeMutableBufferPointer { counts in
                for pixel in 0..<pixels {
                    for channel in 0..<channels {
                        let value = values[pixel * channels + channel]
                        guard value.isFinite, value != 0 else {
                            zeros += 1
                            continue
                        }
                        sums[channel] += Double(value)
                        let bin = Int((value * factor).rounded(.down)) + Self.sideBins
                        counts[min(max(bin, 0), 2 * Self.sideBins - 1)] += 1
                        if value < low { low = value }
                        if value > high { high = value }
                    }
                }
            }
        }
    }

    /// Returns the share of the values that a quantization clips: those of bins that lie outside of its range as a whole.
    func share(clippedBy quantization: Quantization) -> Double {
        let range = quantization.range
        let margin = (quantization.scale + width) / 2
        var outside = 0
        for bin in counts.indices where counts[bin] > 0 {
            let value = middle(bin)
            if value < range.lowerBound - margin || value > range.upperBound + margin { outside += counts[bin] }
        }
        return Double(outside) / Double(max(total, 1))
    }

    /// Returns the middle of a bin.
    func middle(_ bin: Int) -> Float { (Float(bin - Self.sideBins) + 0.5) * width }

    private static func largest(_ values: UnsafeBufferPointer<Float>) -> Float {
        var largest: Float = 0
        for index in values.indices where values[index].isFinite { largest = max(largest, abs(values[index])) }
        return largest
    }

    /// Doubles the width of the bins until they reach a value.
    private mutating func widen(to largest: Float) {
        let side = Float(Self.sideBins)
        // A tensor whose first image is nearly zero would need many doublings: the first width is that of its first values.
        if width == 0 { width = largest / side }
        while width > 0, largest > width * side { mergePairs() }
    }

    private mutating func mergePairs() {
        var merged = [Int](repeating: 0, count: counts.count)
        for bin in counts.indices where counts[bin] > 0 {
            let place = bin - Self.sideBins
            merged[(place >= 0 ? place / 2 : (place - 1) / 2) + Self.sideBins] += counts[bin]
        }
        counts = merged
        width *= 2
    }
}
