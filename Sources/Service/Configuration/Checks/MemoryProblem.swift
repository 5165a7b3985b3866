import Basics
import MobileNet

/// Memory that a model needs with a number of workers.
package struct MemoryNeed: Equatable, Sendable {
    package var workers: Int
    /// Bytes of workspace per worker.
    package var sessionBytes: Int
    /// Bytes that all workers share.
    package var constantBytes: Int

    package init(workers: Int, sessionBytes: Int, constantBytes: Int) {
        self.workers = workers
        self.sessionBytes = sessionBytes
        self.constantBytes = constantBytes
    }

    /// - Parameter plan: the model, ready to run.
    package init(_ plan: Plan, workers: Int) {
        self.init(workers: workers, sessionBytes: plan.sessionBytes, constantBytes: plan.constantBytes)
    }

    /// Bytes in all; `Int.max` on overflow.
    package var bytes: Int {
        let (sessions, tooMany) = sessionBytes.multipliedReportingOverflow(by: max(workers, 0))
        let (sum, tooLarge) = sessions.addingReportingOverflow(constantBytes)
        return tooMany || tooLarge ? .max : sum
    }

    /// Share of the limit above which little is left for frames and decoders.
    private static let tight = 0.75

    /// Compares the need with a limit in bytes.
    ///
    /// - Returns: an error if the model alone does not fit, a warning if it leaves little for the rest.
    package func problem(limit: Int) -> (severity: ConfigurationProblem.Severity, text: String)? {
        let need =
            "\(workers) worker\(workers == 1 ? "" : "s") × \(Bytes(sessionBytes)) of workspace and "
            + "\(Bytes(constantBytes)) of weights are \(Bytes(bytes))"
        let advice = "use fewer workers, a smaller model or a higher MemoryMax="
        if bytes > limit {
            return (.error, "\(need), and this process may use \(Bytes(limit)) of memory; \(advice)")
        }
        guard Double(bytes) > Self.tight * Double(limit) else { return nil }
        return (
            .warning,
            "\(need) of the \(Bytes(limit)) of memory that this process may use: little is left for frames; \(advice)"
        )
    }
}

extension ConfigurationFile {
    /// Compares the memory that the model needs with the memory that this process may use.
    ///
    /// - Parameters:
    ///   - cores: the number of workers if the configuration does not set it.
    ///   - limit: bytes; `nil` for no limit.
    package func memoryProblems(_ plan: Plan, cores: Int, limit: Int?) -> [ConfigurationProblem] {
        guard let limit,
            let problem = MemoryNeed(plan, workers: configuration.workers ?? cores).problem(limit: limit)
        else { return [] }
        return [self.problem(places["workers"] == nil ? "model" : "workers", problem.text, problem.severity)]
    }
}
