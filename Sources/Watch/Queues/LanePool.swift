import Basics
import Dispatch
import MobileNet

/// Runs the network on several cores: each lane is a serial queue with a classifier of its own.
final class LanePool: Sendable {
    private let lanes: [Lane]
    /// For each lane, how many tasks it has.
    private let pending: Guarded<[Int]>

    init(plan: Plan, count: Int) {
        lanes = Lane.make(plan: plan, count: count)
        pending = Guarded(Array(repeating: 0, count: count))
    }

    /// Gives a task to the lane that has the fewest.
    func submit(_ task: @escaping @Sendable (Classifier) -> Void) {
        let index = pending.withLock { pending in
            let index = pending.indices.min { (pending[$0], $0) < (pending[$1], $1) } ?? 0
            pending[index] += 1
            return index
        }
        lanes[index].queue.async { [self] in
            lanes[index].access { task($0.classifier) }
            pending.withLock { $0[index] -= 1 }
        }
    }
}
