import Glibc

/// What a scene looks like when nothing moves in it: for every cell the mean level and its variance.
///
/// It is the running Gaussian average of Wren, Azarbayejani, Darrell and Pentland, "Pfinder: real-time
/// tracking of the human body", IEEE PAMI 19(7), 1997: μ ← μ + α (x − μ), σ² ← σ² + α ((x − μ)² − σ²), and
/// a cell has changed if |x − μ| > k σ. α is made of the time that passed, so that the rate of the pictures
/// does not matter. As in Manzanera and Richefeu, "A new motion detection algorithm based on Σ-Δ background
/// estimation", Pattern Recognition Letters 28(3), 2007, cells that have changed are learned as well: more
/// slowly, and so that what moves there again and again (leaves, water) counts as noise.
struct Background: Sendable {
    private(set) var mean: [Float] = []
    private var variance: [Float] = []
    /// Pictures since it was begun.
    private var count = 0

    /// Times, in seconds, after which a change has been learned to 63 %.
    private enum Time {
        /// The level of a cell that has not changed.
        static let still = 10.0
        /// The level of one that has: what stays somewhere becomes background in about a minute.
        static let changed = 30.0
        /// Any level while the light is changing.
        static let following = 0.5
        /// The noise of a cell that has not changed, and of one that has.
        static let noise = 30.0
        static let restlessness = 120.0
    }

    /// How many standard deviations a cell may be off: among 96 × 54 cells of Gaussian noise, one in
    /// three hundred pictures is.
    private static let deviations: Float = 5
    /// Levels. The noise before there is an estimate, and the most that is taken for noise.
    private static let firstNoise: Float = 4
    private static let mostNoise: Float = 8

    /// Forgets everything, and takes a picture for what the scene looks like.
    mutating func begin(_ levels: [Float]) {
        if mean.count != levels.count {
            mean = levels
            variance = levels
        }
        for index in levels.indices {
            mean[index] = levels[index]
            variance[index] = Self.firstNoise * Self.firstNoise
        }
        count = 1
    }

    /// Marks the visible cells of a picture that differ, and sums them up.
    ///
    /// - Parameters:
    ///   - contrast: the least difference that counts, in levels.
    ///   - marks: gets a 1 for every cell that differs, otherwise a 0.
    func compare(_ levels: [Float], visible: [Bool], contrast: Float, marks: inout [UInt8]) -> Difference {
        var difference = Difference()
        for index in levels.indices {
            let offset = levels[index] - mean[index]
            let square = offset * offset
            let noise = Self.deviations * Self.deviations * variance[index]
            let differs = visible[index] && square > max(contrast * contrast, noise)
            marks[index] = differs ? 1 : 0
            if differs { difference.add(level: levels[index], mean: mean[index]) }
        }
        return difference
    }

    /// Learns from a picture.
    ///
    /// - Parameters:
    ///   - marks: 0 for the cells that did not differ.
    ///   - elapsed: seconds since the last picture.
    mutating func learn(_ levels: [Float], marks: [UInt8], elapsed: Double) {
        count += 1
        // At first it is the mean of all pictures there were.
        let still = max(Self.rate(elapsed, Time.still), 1 / Float(count))
        let changed = Self.rate(elapsed, Time.changed)
        // Few pictures cannot tell how much noise there is, however much time lies between them.
        let noise = min(Self.rate(elapsed, Time.noise), 0.1)
        let restlessness = min(Self.rate(elapsed, Time.restlessness), 0.1)
        for index in levels.indices {
            let offset = levels[index] - mean[index]
            let square = min(offset * offset, Self.mostNoise * Self.mostNoise)
            let differs = marks[index] != 0
            mean[index] += offset * (differs ? changed : still)
            variance[index] += (square - variance[index]) * (differs ? restlessness : noise)
        }
    }

    /// The same scene in another light.
    mutating func brighten(by gain: Float) {
        for index in mean.indices { mean[index] *= gain }
    }

    /// Goes along with a picture whose light is changing, without learning anything of its noise.
    mutating func follow(_ levels: [Float], elapsed: Double) {
        let rate = Self.rate(elapsed, Time.following)
        for index in levels.indices { mean[index] += (levels[index] - mean[index]) * rate }
    }

    private static func rate(_ elapsed: Double, _ time: Double) -> Float { Float(-expm1(-elapsed / time)) }
}
