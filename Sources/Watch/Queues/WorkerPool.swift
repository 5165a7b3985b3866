import Basics
import Dispatch
import MobileNet

/// Runs the network on several cores: each worker is a serial queue with a classifier of its own.
final class WorkerPool: Sendable {
    private let workers: [Worker]
    /// For each worker, how many tasks it has.
    private let pending: Mutex<[Int]>

    init(plan: Plan, count: Int) {
        workers = Worker.make(plan: plan, count: count)
        pending = Mutex(Array(repeating: 0, count: count))
    }

    /// Gives a task to the worker that has the fewest.
    func submit(_ task: @escaping @Sendable (Classifier) -> Void) {
        let index = pending.withLock { pending in
            let index = pending.indices.min { (pending[$0], $0) < (pending[$1], $1) } ?? 0
            pending[index] += 1
            return index
        }
        workers[index].queue.async { [self] in
            workers[index].access { task($0.classifier) }
            pending.withLock { $0[index] -= 1 }
        }
    }
}
