/// The last so many latencies, for what is usual and what is bad.
package struct LatencyWindow: Equatable, Sendable {
    private var seconds: [Double] = []
    private var next = 0
    private let capacity: Int

    package init(capacity: Int = 1000) { self.capacity = capacity }

    /// Adds a latency, in seconds. The oldest gives way.
    package mutating func add(_ value: Double) {
        if seconds.count < capacity {
            seconds.append(value)
        } else {
            seconds[next] = value
            next = (next + 1) % capacity
        }
    }

    /// The latency that this part of all does not exceed (nearest rank); `nil` if there is none.
    package func percentile(_ part: Double) -> Double? {
        guard !seconds.isEmpty else { return nil }
        let rank = Int((part * Double(seconds.count)).rounded(.up))
        return seconds.sorted()[min(max(rank, 1), seconds.count) - 1]
    }
}
