import Basics
import Capture
import Events
import Service
import Watch

/// Report of `lookout check`, as text or JSON.
enum CheckReport {
    static func write(_ problem: ConfigurationProblem, json: Bool) throws {
        guard json else { return Terminal.tell("\(problem)") }
        var line = JSONLine()
        line.add("file", problem.file)
        line.add("line", problem.place.line)
        line.add("column", problem.place.column)
        line.add("severity", problem.severity == .error ? "error" : "warning")
        line.add("text", problem.text)
        try Output.write(line)
    }

    /// Reports a valid configuration.
    ///
    /// - Parameters:
    ///   - enabled: number of enabled sources.
    ///   - model: `nil` if it is not known.
    static func write(_ file: String, sources: Int, enabled: Int, model: AnalysisModel?, json: Bool) throws {
        guard json else {
            let note = enabled < sources ? " (\(enabled) of them enabled)" : ""
            let task = model.map { ", model \($0.first.name) (\($0.first.task.rawValue))" } ?? ""
            return try Output.write("\(file): ok, \(count(sources, "source"))\(note)\(task)")
        }
        var line = JSONLine()
        line.add("file", file)
        line.add("ok", true)
        line.add("sources", sources)
        line.add("enabled", enabled)
        line.add("model", model?.first.name)
        line.add("task", model?.first.task.rawValue)
        try Output.write(line)
    }

    static func write(_ source: String, _ result: Result<SourceProbe, any Error>, json: Bool) throws {
        if json { return try Output.write(line(source, result)) }
        switch result {
        case .success(let probe):
            try Output.write("\(source): \(probe.traits), first frame after \(decimals(probe.seconds, 2)) s")
            if let certificate = probe.certificate {
                try Output.write("\(source): certificate \(certificate) (SHA-256)")
            }
        case .failure(let error): try Output.write("\(source): \(error)")
        }
    }

    private static func line(_ source: String, _ result: Result<SourceProbe, any Error>) -> JSONLine {
        var line = JSONLine()
        line.add("source", source)
        switch result {
        case .success(let probe):
            line.add("ok", true)
            line.add("format", probe.traits.format)
            if let size = probe.traits.size {
                line.add("width", size.width)
                line.add("height", size.height)
            }
            if let rate = probe.traits.rate { line.add("rate", rate, decimals: 3) }
            line.add("seconds", probe.seconds, decimals: 3)
            if let certificate = probe.certificate { line.add("certificate", "\(certificate)") }
        case .failure(let error):
            line.add("ok", false)
            line.add("error", "\(error)")
        }
        return line
    }
}

/// Results of probes that run at the same time.
final class ProbeResults: Sendable {
    private let results = Mutex<[String: Result<SourceProbe, any Error>]>([:])

    func add(_ name: String, _ result: Result<SourceProbe, any Error>) { results.withLock { $0[name] = result } }

    subscript(name: String) -> Result<SourceProbe, any Error>? { results.withLock { $0[name] } }

    var hasFailure: Bool {
        results.withLock { $0.values.contains { if case .failure = $0 { true } else { false } } }
    }
}
