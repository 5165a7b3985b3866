import Glibc

/// Background model of a scene: mean and variance of the level of every cell.
///
/// It is the running Gaussian average of Wren, Azarbayejani, Darrell and Pentland, "Pfinder: real-time
/// tracking of the human body", IEEE PAMI 19(7), 1997: μ ← μ + α (x − μ), σ² ← σ² + α ((x − μ)² − σ²), and
/// a cell has changed if |x − μ| > k σ. α depends on the elapsed time, so that the model does not depend on the
/// frame rate.
///
/// As in Manzanera and Richefeu, "A new motion detection algorithm based on Σ-Δ background estimation",
/// Pattern Recognition Letters 28(3), 2007, changed cells are learned as well, but more slowly, so that
/// repeated motion (leaves, water) counts as noise. As in Kim, Chalidabhongse,
/// Harwood and Davis, "Real-time foreground–background segmentation using codebook model", Real-Time Imaging
/// 11(3), 2005, a new level that stays replaces the background: neither an object that was put down
/// nor the place that an object left is motion for long.
struct Background: Sendable, Codable {
    private(set) var mean: [Float] = []
    private(set) var variance: [Float] = []
    /// New level of each changed cell.
    private var candidate: [Float] = []
    /// Seconds for which each changed cell has had its new level; 0 without one.
    private var age: [Float] = []
    /// Number of frames since the model was reset.
    private var count = 0
    /// Seconds since the model was reset.
    private var known = 0.0

    /// Time constants of exponential averages, in seconds: a change is learned to 63 % after this time.
    private enum Time {
        /// Mean of an unchanged cell.
        static let still = 10.0
        /// Mean of a changed cell.
        static let changed = 30.0
        /// Candidate level of a changed cell.
        static let candidate = 2.0
        /// Mean of any cell while the light is changing.
        static let following = 0.5
        /// Variance of an unchanged cell.
        static let noise = 30.0
        /// Variance of a changed cell.
        static let restlessness = 120.0
    }

    /// Seconds after which a new level replaces the background. If the model was reset less than that before the level
    /// appeared, the time since the reset is enough: the new level is then as well known as the old one.
    static let staying = 10.0
    /// Standard deviations by which an unchanged cell may differ: with 96 × 54 cells of Gaussian noise, one cell in
    /// three hundred frames differs more.
    private static let mostStandardDeviations: Float = 5
    /// Initial standard deviation, in levels.
    private static let firstNoise: Float = 4
    /// Largest difference that counts as noise, in levels.
    private static let mostNoise: Float = 8

    /// Resets the model to a frame.
    mutating func begin(_ levels: [Float]) {
        if mean.count != levels.count {
            mean = levels
            variance = levels
            candidate = levels
            age = levels
        }
        for index in levels.indices {
            mean[index] = levels[index]
            variance[index] = Self.firstNoise * Self.firstNoise
            age[index] = 0
        }
        count = 1
        known = 0
    }

    /// Marks the visible cells of a frame that differ from the background.
    ///
    /// - Parameters:
    ///   - levels: levels of the frame's cells.
    ///   - visible: whether each cell is outside of all masks.
    ///   - contrast: least difference of a changed cell, in levels.
    ///   - marks: receives 1 for every changed cell, otherwise 0.
    /// - Returns: the number of changed cells.
    func compare(_ levels: [Float], visible: [Bool], contrast: Float, marks: inout [UInt8]) -> Int {
        var count = 0
        for index in levels.indices {
            let offset = offset(index, levels[index])
            let differs = visible[index] && offset * offset > threshold(index, contrast)
            marks[index] = differs ? 1 : 0
            if differs { count += 1 }
        }
        return count
    }

    /// Returns the difference from the background, whose brightened levels are clipped to white.
    private func offset(_ index: Int, _ level: Float) -> Float { level - min(mean[index], 255) }

    /// Returns the square of the largest difference of an unchanged cell.
    private func threshold(_ index: Int, _ contrast: Float) -> Float {
        max(contrast * contrast, Self.mostStandardDeviations * Self.mostStandardDeviations * variance[index])
    }

    /// Updates the model with a frame.
    ///
    /// - Parameters:
    ///   - levels: levels of the frame's cells.
    ///   - contrast: least difference of a changed cell, in levels.
    ///   - marks: 0 for unchanged cells.
    ///   - elapsed: seconds since the last frame.
    mutating func learn(_ levels: [Float], contrast: Float, marks: [UInt8], elapsed: Double) {
        count += 1
        known += elapsed
        // At first, the plain mean of all frames.
        let still = max(Self.rate(elapsed, Time.still), 1 / Float(count))
        let changed = Self.rate(elapsed, Time.changed)
        // A variance needs several frames, however much time lies between them.
        let noise = min(Self.rate(elapsed, Time.noise), 0.1)
        let restlessness = min(Self.rate(elapsed, Time.restlessness), 0.1)
        for index in levels.indices {
            let offset = offset(index, levels[index])
            let square = min(offset * offset, Self.mostNoise * Self.mostNoise)
            let differs = marks[index] != 0
            if differs { watch(index, levels[index], contrast, elapsed) } else { age[index] = 0 }
            mean[index] += offset * (differs ? changed : still)
            variance[index] += (square - variance[index]) * (differs ? restlessness : noise)
        }
    }

    /// Replaces the background of a changed cell whose new level has stayed for long enough.
    private mutating func watch(_ index: Int, _ level: Float, _ contrast: Float, _ elapsed: Double) {
        let offset = level - candidate[index]
        guard age[index] > 0, offset * offset <= threshold(index, contrast) else {
            // An age of 0 means that there is no candidate.
            candidate[index] = level
            age[index] = .leastNormalMagnitude
            return
        }
        candidate[index] += offset * Self.rate(elapsed, Time.candidate)
        age[index] += Float(elapsed)
        guard age[index] >= min(Float(Self.staying), Float(known) - age[index]) else { return }
        mean[index] = candidate[index]
        age[index] = 0
    }

    /// Scales the model for brighter or darker light.
    mutating func brighten(by gain: Float) {
        for index in mean.indices {
            mean[index] *= gain
            candidate[index] *= gain
        }
    }

    /// Follows a frame whose light is changing, without updating the variance.
    mutating func follow(_ levels: [Float], elapsed: Double) {
        known += elapsed
        let rate = Self.rate(elapsed, Time.following)
        for index in levels.indices { mean[index] += (levels[index] - mean[index]) * rate }
    }

    private static func rate(_ elapsed: Double, _ time: Double) -> Float { Float(-expm1(-elapsed / time)) }
}
