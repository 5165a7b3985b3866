import Basics
import Dispatch
import MobileNet

/// A serial queue with a classifier of its own.
typealias Lane = QueueConfined<Classifier>

extension Lane {
    /// Lanes that share a plan.
    static func make(plan: Plan, count: Int) -> [Lane] {
        (0..<count).map { index in
            Lane(Classifier(plan: plan), on: DispatchQueue(label: "lane \(index)", qos: .userInitiated))
        }
    }
}
