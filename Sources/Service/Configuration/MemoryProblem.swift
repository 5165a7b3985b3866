import Basics
import MobileNet

/// The memory that a network takes with a number of workers, compared with what a process may use.
package struct MemoryNeed: Equatable, Sendable {
    package var workers: Int
    /// Bytes of workspace for each worker.
    package var sessionBytes: Int
    /// Bytes that all workers share.
    package var constantBytes: Int

    package init(workers: Int, sessionBytes: Int, constantBytes: Int) {
        self.workers = workers
        self.sessionBytes = sessionBytes
        self.constantBytes = constantBytes
    }

    /// - Parameter plan: the network, ready to run.
    package init(_ plan: Plan, workers: Int) {
        self.init(workers: workers, sessionBytes: plan.sessionBytes, constantBytes: plan.constantBytes)
    }

    /// Bytes in all; the largest number where they do not fit.
    package var bytes: Int {
        let (sessions, tooMany) = sessionBytes.multipliedReportingOverflow(by: max(workers, 0))
        let (sum, tooLarge) = sessions.addingReportingOverflow(constantBytes)
        return tooMany || tooLarge ? .max : sum
    }

    /// The part of the limit above which there is little left for frames and decoders.
    private static let tight = 0.75

    /// What is wrong with a limit of so many bytes, if anything is: an error where the network alone does not fit, a
    /// warning where it leaves little for the rest.
    package func problem(limit: Int) -> (severity: ConfigurationProblem.Severity, text: String)? {
        let need =
            "\(workers) worker\(workers == 1 ? "" : "s") × \(Bytes(sessionBytes)) of workspace and "
            + "\(Bytes(constantBytes)) of weights are \(Bytes(bytes))"
        let advice = "fewer workers, a smaller model or a higher MemoryMax= help"
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
    /// Compares the memory that the network takes with what this process may use.
    ///
    /// - Parameters:
    ///   - cores: the number of workers where the configuration does not say.
    ///   - limit: bytes; `nil` for no limit.
    package func memoryProblems(_ plan: Plan, cores: Int, limit: Int?) -> [ConfigurationProblem] {
        guard let limit,
            let problem = MemoryNeed(plan, workers: configuration.workers ?? cores).problem(limit: limit)
        else { return [] }
        return [self.problem(places["lanes"] == nil ? "model" : "lanes", problem.text, problem.severity)]
    }

    /// Something about a key, at the place where it stands.
    package func problem(_ key: String, _ text: String, _ severity: ConfigurationProblem.Severity = .error)
        -> ConfigurationProblem
    {
        ConfigurationProblem(
            file: path, place: places[key] ?? Place(line: 1, column: 1), severity: severity, text: text)
    }
}
