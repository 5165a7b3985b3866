/// Histogram of durations with fixed buckets, and their sum.
///
/// It has a fixed size: adding to it and copying it allocate nothing.
package struct DurationHistogram: Equatable, Sendable {
    /// Inclusive upper bounds of the buckets, in seconds. The last one is infinite.
    package static let bounds = SIMD16<Double>(
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, .infinity)

    private var counts = SIMD16<UInt64>.zero
    /// Sum of all durations, in seconds.
    package private(set) var sum = 0.0

    package init() {}

    /// Adds a duration, in seconds. Ignores infinity and NaN; a negative duration counts as 0.
    package mutating func add(_ seconds: Double) {
        guard seconds.isFinite else { return }
        let duration = max(0, seconds)
        var bucket = 0
        while duration > Self.bounds[bucket] { bucket += 1 }
        counts[bucket] += 1
        sum += duration
    }

    /// Number of durations.
    package var count: UInt64 { counts.wrappedSum() }

    /// For each of ``bounds``, the number of durations that do not exceed it.
    package var cumulativeCounts: [UInt64] {
        var total: UInt64 = 0
        return counts.indices.map { bucket in
            total += counts[bucket]
            return total
        }
    }
}
