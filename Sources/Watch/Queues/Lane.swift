import Basics
import Dispatch
import MobileNet

/// A serial queue with a classifier of its own.
typealias Lane = QueueConfined<LaneClassifier>

/// The classifier of a lane. It takes several megabytes of memory, so it is made when the lane has something to do:
/// where one is quick enough for all cameras, the others never have.
struct LaneClassifier {
    private let plan: Plan
    private(set) lazy var classifier = Classifier(plan: plan)

    init(plan: Plan) { self.plan = plan }
}

extension Lane {
    /// Lanes that share a plan.
    static func make(plan: Plan, count: Int) -> [Lane] {
        (0..<count).map { index in
            Lane(LaneClassifier(plan: plan), on: DispatchQueue(label: "lane \(index)", qos: .userInitiated))
        }
    }
}
