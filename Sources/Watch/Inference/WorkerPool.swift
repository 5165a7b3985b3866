import Basics
import Dispatch
import MobileNet

/// Inference worker: a serial queue with a network of its own.
///
/// The network takes several megabytes of memory, so it is made with the first task. Where one worker is fast
/// enough for all cameras, the others allocate nothing.
final class Worker: Sendable {
    /// Name for logs, as `worker 0`.
    let name: String
    private let plans: NetworkPlans
    private let recognizer: QueueConfined<Recognizer?>
    private let counter = WorkCounter()

    init(plans: NetworkPlans, index: Int) {
        self.plans = plans
        name = "worker \(index)"
        recognizer = QueueConfined(nil, on: DispatchQueue(label: name, qos: .userInitiated))
    }

    /// Runs a task behind those submitted before. Returns at once.
    func submit(_ task: @escaping @Sendable (Recognizer) -> Void) {
        counter.begin()
        recognizer.queue.async { [self] in
            recognizer.access { recognizer in
                let own = recognizer ?? Recognizer(plans: plans)
                recognizer = own
                task(own)
            }
            counter.finish()
        }
    }

    /// Progress counters of the queue.
    var health: HealthSnapshot.Queue {
        HealthSnapshot.Queue(name: name, begun: counter.begun, done: counter.done)
    }
}

/// Workers for recordings. Each task goes to the worker with the fewest pending tasks; none is dropped.
final class WorkerPool: Sendable {
    private let workers: [Worker]
    /// Pending tasks of each worker.
    private let pending: Mutex<[Int]>

    init(plans: NetworkPlans, count: Int) {
        workers = (0..<count).map { Worker(plans: plans, index: $0) }
        pending = Mutex(Array(repeating: 0, count: count))
    }

    /// Submits a task to the worker with the fewest pending tasks. Returns at once.
    func submit(_ task: @escaping @Sendable (Recognizer) -> Void) {
        let index = pending.withLock { pending in
            let index = pending.indices.min { (pending[$0], $0) < (pending[$1], $1) } ?? 0
            pending[index] += 1
            return index
        }
        workers[index].submit { [self] recognizer in
            task(recognizer)
            pending.withLock { $0[index] -= 1 }
        }
    }
}

/// Restores the order of results that several workers finish in any order.
struct ReorderBuffer<Element> {
    private var waiting: [Int: Element] = [:]
    private var next = 0

    /// Adds a result.
    ///
    /// - Parameter number: sequence number from 0; each occurs once.
    /// - Returns: results that are now due, in order.
    mutating func add(_ element: Element, number: Int) -> [Element] {
        waiting[number] = element
        var ready: [Element] = []
        while let element = waiting.removeValue(forKey: next) {
            ready.append(element)
            next += 1
        }
        return ready
    }
}
