import Basics

/// Stage of an analysis.
package enum Stage: Int, CaseIterable, Sendable {
    /// Reading and demultiplexing the file.
    case read
    case decode
    /// Scaling frames and crops to the networks' inputs, with the search for motion.
    case scale
    /// Running the networks.
    case infer
    /// Tracking objects, making events of them, and storing samples.
    case decide
}

/// Time that the stages of an analysis take, in seconds, summed over all threads.
package struct StageTimes: Equatable, Sendable {
    private var seconds = [Double](repeating: 0, count: Stage.allCases.count)

    package init() {}

    package subscript(_ stage: Stage) -> Double {
        get { seconds[stage.rawValue] }
        set { seconds[stage.rawValue] = newValue }
    }

    package var total: Double { seconds.reduce(0, +) }

    package static func += (left: inout StageTimes, right: StageTimes) {
        for stage in Stage.allCases { left[stage] += right[stage] }
    }
}

/// Measures the time of stages. Any thread may use it.
final class StageClock: Sendable {
    private let guarded = Mutex(StageTimes())

    var times: StageTimes { guarded.withLock { $0 } }

    func add(_ seconds: Double, to stage: Stage) { guarded.withLock { $0[stage] += seconds } }

    /// Measures a call.
    func measure<Result, Failure: Error>(
        _ stage: Stage, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = MonotonicClock.now
        defer { add(MonotonicClock.now - start, to: stage) }
        return try body()
    }
}
