import Foundation

/// Method that chooses the range of real values that 8 bits represent, from the values that calibration images cause.
///
/// A narrow range has small steps, but clips large values.
public enum CalibrationMethod: Equatable, Sendable {
    /// From the smallest to the largest value: nothing is clipped.
    case minimumMaximum
    /// Clips a share of the values, half of it at each end. In percent: 99.99 clips one value of ten thousand.
    case percentile(Double)
    /// Least divergence (Kullback & Leibler) between the distribution of the values and that of their quantized values:
    /// Migacz, "8-bit inference with TensorRT", 2017.
    case entropy
    /// Least mean squared error of the quantized values.
    case meanSquaredError

    /// Returns the quantization for a histogram.
    func quantization(of histogram: ActivationHistogram) -> Quantization {
        Quantization(covering: range(of: histogram))
    }

    private func range(of histogram: ActivationHistogram) -> ClosedRange<Float> {
        let all = histogram.low...histogram.high
        guard histogram.width > 0 else { return all }
        switch self {
        case .minimumMaximum: return all
        case .percentile(let percentile): return histogram.range(percentile: percentile)
        case .entropy: return histogram.best(of: Self.fractions.map { all.scaled($0, $0) }) { histogram.divergence($0) }
        case .meanSquaredError:
            // One end after the other: the ends do not depend much on each other.
            let high = histogram.best(of: Self.fractions.map { all.scaled(1, $0) }) { histogram.squaredError($0) }
            return histogram.best(of: Self.fractions.map { high.scaled($0, 1) }) { histogram.squaredError($0) }
        }
    }

    /// Largest share of the values that the search for the least error may clip. Clipped values are all wrong in the same
    /// direction: the errors of many channels add up, while those of rounding cancel out. Hard swish, for example, has a third
    /// of its values near its minimum.
    fileprivate static let mostClipped = 0.001

    /// Shares of the whole range that are tried.
    private static let fractions: [Float] = (0..<60).map { 1 - Float($0) / 64 }
}

extension Quantization {
    /// Creates the quantization whose values from 0 to 255 cover a range. It represents 0 exactly.
    init(covering range: ClosedRange<Float>) {
        let (low, high) = (min(range.lowerBound, 0), max(range.upperBound, 0))
        let scale = (high - low) / 255
        // The tensor of a layer that is always zero.
        guard scale > 1e-10 else {
            self.init(scale: 1e-10, zeroPoint: 0)
            return
        }
        self.init(scale: scale, zeroPoint: Int32(min(max((-low / scale).rounded(), 0), 255)))
    }

    /// Real values from that of 0 to that of 255.
    var range: ClosedRange<Float> { dequantized(0)...dequantized(255) }
}

extension ClosedRange<Float> {
    fileprivate func scaled(_ low: Float, _ high: Float) -> Self { lowerBound * low...upperBound * high }
}

extension ActivationHistogram {
    /// Returns the candidate with the least cost; of equal ones the first.
    fileprivate func best(
        of candidates: [ClosedRange<Float>], cost: (ClosedRange<Float>) -> Double
    ) -> ClosedRange<Float> {
        var best = (range: candidates[0], cost: Double.infinity)
        for range in candidates {
            let cost = cost(range)
            if cost < best.cost { best = (range, cost) }
        }
        return best.range
    }

    /// Returns the range that holds a share of the values, with as many above it as below it.
    fileprivate func range(percentile: Double) -> ClosedRange<Float> {
        let most = Double(total) * max(1 - percentile / 100, 0) / 2
        let lowest = end(counts.indices, clipping: most).map { Float($0 - Self.sideBins) * width } ?? low
        let highest =
            end(counts.indices.reversed(), clipping: most).map { Float($0 + 1 - Self.sideBins) * width } ?? high
        return min(max(lowest, low), 0)...max(min(highest, high), 0)
    }

    /// Returns the first bin, in an order, at which more than a number of values are passed.
    private func end(_ bins: some Sequence<Int>, clipping most: Double) -> Int? {
        var passed = 0
        for bin in bins {
            passed += counts[bin]
            if Double(passed) > most { return bin }
        }
        return nil
    }

    /// Returns the squared error of all values: s² / 12 within the range, and the square of the distance outside. It is infinite
    /// if the range clips too many.
    fileprivate func squaredError(_ range: ClosedRange<Float>) -> Double {
        let step = Double(range.upperBound - range.lowerBound) / 255
        var sum = 0.0
        var clipped = 0
        for bin in counts.indices where counts[bin] > 0 {
            let value = middle(bin)
            let distance = Double(max(range.lowerBound - value, value - range.upperBound, 0))
            sum += Double(counts[bin]) * (distance * distance + step * step / 12)
            if distance > Double(width) { clipped += counts[bin] }
        }
        return Double(clipped) <= CalibrationMethod.mostClipped * Double(total) ? sum : .infinity
    }

    /// Returns the divergence of the values, clipped to a range, from the same values in 256 steps.
    fileprivate func divergence(_ range: ClosedRange<Float>) -> Double {
        let inside = counts.indices.filter { range.contains(middle($0)) }
        guard let first = inside.first, let last = inside.last else { return .infinity }
        var reference = counts[first...last].map(Double.init)
        reference[0] += Double(counts[..<first].reduce(0, +))
        reference[reference.count - 1] += Double(counts[(last + 1)...].reduce(0, +))
        let sum = reference.reduce(0, +)
        let isInside = Double(counts[first...last].reduce(0, +)) / sum
        var divergence = log(max(isInside, .leastNonzeroMagnitude))
        for step in 0..<256 {
            let bins = reference.count * step / 256..<reference.count * (step + 1) / 256
            // Bins that hold no value get no share of their step.
            let filled = bins.filter { reference[$0] > 0 }
            let mass = filled.reduce(0.0) { $0 + Double(counts[first + $1]) }
            guard mass > 0 else { continue }
            let share = mass / Double(filled.count)
            for bin in filled { divergence += reference[bin] / sum * log(reference[bin] / share) }
        }
        return divergence
    }
}
