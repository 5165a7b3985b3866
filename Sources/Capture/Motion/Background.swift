import Glibc

/// What a scene looks like when nothing moves in it: for every cell the mean level and its variance.
///
/// It is the running Gaussian average of Wren, Azarbayejani, Darrell and Pentland, "Pfinder: real-time
/// tracking of the human body", IEEE PAMI 19(7), 1997: μ ← μ + α (x − μ), σ² ← σ² + α ((x − μ)² − σ²), and
/// a cell has changed if |x − μ| > k σ. α is made of the time that passed, so that the rate of the frames
/// does not matter.
///
/// As in Manzanera and Richefeu, "A new motion detection algorithm based on Σ-Δ background estimation",
/// Pattern Recognition Letters 28(3), 2007, cells that have changed are learned as well: more slowly, and so
/// that what moves there again and again (leaves, water) counts as noise. And as in Kim, Chalidabhongse,
/// Harwood and Davis, "Real-time foreground–background segmentation using codebook model", Real-Time Imaging
/// 11(3), 2005, a level that stays becomes the background as a whole: neither something that was put down
/// nor the place that something left is motion for long.
struct Background: Sendable {
    private(set) var mean: [Float] = []
    private(set) var variance: [Float] = []
    /// Of cells that have changed: the level that they have now, and for how many seconds they have had it.
    private var candidate: [Float] = []
    private var age: [Float] = []
    /// Frames since it was begun.
    private var count = 0
    /// Seconds since it was begun.
    private var known = 0.0

    /// Times, in seconds, after which a change has been learned to 63 %.
    private enum Time {
        /// The level of a cell that has not changed.
        static let still = 10.0
        /// The level of one that has.
        static let changed = 30.0
        /// The new level of one that has.
        static let candidate = 2.0
        /// Any level while the light is changing.
        static let following = 0.5
        /// The noise of a cell that has not changed, and of one that has.
        static let noise = 30.0
        static let restlessness = 120.0
    }

    /// Seconds after which a level that stays becomes the background. If the background was begun a shorter while
    /// before the level came, that while is enough: the level is as well known as what it replaces.
    static let staying = 10.0
    /// How many standard deviations a cell may be off: among 96 × 54 cells of Gaussian noise, one in
    /// three hundred frames is.
    private static let deviations: Float = 5
    /// Levels. The noise before there is an estimate, and the most that is taken for noise.
    private static let firstNoise: Float = 4
    private static let mostNoise: Float = 8

    /// Forgets everything, and takes a frame for what the scene looks like.
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

    /// Marks the visible cells of a frame that differ.
    ///
    /// - Parameters:
    ///   - contrast: the least difference that counts, in levels.
    ///   - marks: gets a 1 for every cell that differs, otherwise a 0.
    /// - Returns: how many differ.
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

    /// How far a level is from what the background looks like: where more light would make it brighter than white, it
    /// is white.
    private func offset(_ index: Int, _ level: Float) -> Float { level - min(mean[index], 255) }

    /// The square of what a cell may be off without having changed.
    private func threshold(_ index: Int, _ contrast: Float) -> Float {
        max(contrast * contrast, Self.deviations * Self.deviations * variance[index])
    }

    /// Learns from a frame.
    ///
    /// - Parameters:
    ///   - contrast: the least difference that counts, in levels.
    ///   - marks: 0 for the cells that did not differ.
    ///   - elapsed: seconds since the last frame.
    mutating func learn(_ levels: [Float], contrast: Float, marks: [UInt8], elapsed: Double) {
        count += 1
        known += elapsed
        // At first it is the mean of all frames there were.
        let still = max(Self.rate(elapsed, Time.still), 1 / Float(count))
        let changed = Self.rate(elapsed, Time.changed)
        // Few frames cannot tell how much noise there is, however much time lies between them.
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

    /// Replaces the background of a cell that has changed, if it has been the same for long enough since.
    private mutating func watch(_ index: Int, _ level: Float, _ contrast: Float, _ elapsed: Double) {
        let offset = level - candidate[index]
        guard age[index] > 0, offset * offset <= threshold(index, contrast) else {
            // An age of 0 says that there is no candidate.
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

    /// The same scene in another light.
    mutating func brighten(by gain: Float) {
        for index in mean.indices {
            mean[index] *= gain
            candidate[index] *= gain
        }
    }

    /// Goes along with a frame whose light is changing, without learning anything of its noise.
    mutating func follow(_ levels: [Float], elapsed: Double) {
        known += elapsed
        let rate = Self.rate(elapsed, Time.following)
        for index in levels.indices { mean[index] += (levels[index] - mean[index]) * rate }
    }

    private static func rate(_ elapsed: Double, _ time: Double) -> Float { Float(-expm1(-elapsed / time)) }
}
