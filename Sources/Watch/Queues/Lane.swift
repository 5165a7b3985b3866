import Basics
import Dispatch
import MobileNet

/// A serial queue with a classifier of its own.
typealias Worker = QueueConfined<WorkerClassifier>

/// The classifier of a worker. It takes several megabytes of memory, so it is made when the worker has something to do:
/// where one is quick enough for all cameras, the others never have.
struct WorkerClassifier {
    private let plan: Plan
    private(set) lazy var classifier = Classifier(plan: plan)

    init(plan: Plan) { self.plan = plan }
}

extension Worker {
    /// Workers that share a plan.
    static func make(plan: Plan, count: Int) -> [Worker] {
        (0..<count).map { index in
            Worker(WorkerClassifier(plan: plan), on: DispatchQueue(label: "lane \(index)", qos: .userInitiated))
        }
    }
}
