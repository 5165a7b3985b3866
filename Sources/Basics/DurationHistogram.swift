/// How long something takes: how many durations lay in each of a few fixed intervals, and their sum.
///
/// A value of a fixed size: adding to it, and copying it, allocates nothing.
package struct DurationHistogram: Equatable, Sendable {
    /// The upper ends of the intervals, in seconds; each belongs to its interval. There is no end to the last one.
    package static let bounds = SIMD16<Double>(
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, .infinity)

    private var counts = SIMD16<UInt64>.zero
    /// Of all durations, in seconds.
    package private(set) var sum = 0.0

    package init() {}

    /// Adds a duration, in seconds. What is none is left out; a clock that went back took no time.
    package mutating func add(_ seconds: Double) {
        guard seconds.isFinite else { return }
        let duration = max(0, seconds)
        var place = 0
        while duration > Self.bounds[place] { place += 1 }
        counts[place] += 1
        sum += duration
    }

    /// How many durations there were.
    package var count: UInt64 { counts.wrappedSum() }

    /// For each of ``bounds``, how many durations were not above it.
    package var cumulativeCounts: [UInt64] {
        var total: UInt64 = 0
        return counts.indices.map { place in
            total += counts[place]
            return total
        }
    }
}
