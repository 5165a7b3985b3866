import ArgumentParser
import Basics
import Capture
import Dispatch
import Events
import Glibc
import MobileNet
import Service
import Watch

/// `lookout check`: validation of a configuration, with all mistakes at once.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the service's configuration.",
        discussion: """
            Prints every mistake on standard error, one a line, as file:line:column: message, and exits with status 78. \
            Prints a line on standard output if there is none. With --probe, each enabled source is opened once; the exit \
            status is 69 if one of them gives no frame.
            """)

    @Flag(help: "Open each enabled source once, and print its video format.")
    var probe = false

    @Flag(help: "Print JSON lines on standard output.")
    var json = false

    @Argument(help: "Configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var file = ConfigurationFile.standardPath

    func run() throws {
        let configuration: ConfigurationFile
        do {
            configuration = try ConfigurationFile(yaml: try Files.read(file, atMost: Files.largestText), path: file)
        } catch let problems as ConfigurationProblems {
            try report(problems.list)
            throw ReportedFailure(status: EX_CONFIG)
        }
        let onDisk = configuration.problemsOnDisk(Environment.ofConfiguration)
        let (model, modelProblems) = try loadModel(configuration, known: onDisk)
        let problems = configuration.warnings + onDisk + modelProblems + labelProblems(configuration, model)
        try report(problems.sorted { $0.place < $1.place })
        if problems.contains(where: { $0.severity == .error }) { throw ReportedFailure(status: EX_CONFIG) }
        let sources = configuration.configuration.sources
        let enabled = sources.filter(\.isEnabled)
        try CheckReport.write(file, sources: sources.count, enabled: enabled.count, model: model, json: json)
        let input = model?.plans.first.inputShape ?? Shape(channels: 3, height: 224, width: 224)
        if probe { try probe(enabled, input: input) }
    }

    private func report(_ problems: [ConfigurationProblem]) throws {
        for problem in problems { try CheckReport.write(problem, json: json) }
    }

    /// Plans the model's execution, which shows what it needs.
    ///
    /// - Parameter known: problems found before, so that a missing model is reported once.
    /// - Returns: the model, if it can run, and its problems.
    private func loadModel(
        _ file: ConfigurationFile, known: [ConfigurationProblem]
    ) throws -> (AnalysisModel?, [ConfigurationProblem]) {
        let (instructionSet, limits) = (try Environment.instructionSet(), try Environment.planLimits())
        do {
            let library = Environment.models()
            let first = try LoadedModel(file.configuration.model, in: library, for: instructionSet, limits: limits)
            let memory = file.memoryProblems(
                first.plan, cores: Environment.coreCount, limit: ControlGroup.memoryLimit())
            let (model, problems) = try secondStage(of: first, file, library, limits)
            return (model, memory + problems)
        } catch {
            let problem = file.problem("model", "\(error)")
            let isKnown = known.contains { $0.severity == .error && $0.place == problem.place }
            return (nil, isKnown ? [] : [problem])
        }
    }

    /// Adds the second stage to a model.
    private func secondStage(
        of first: LoadedModel, _ file: ConfigurationFile, _ library: ModelLibrary, _ limits: PlanLimits
    ) throws -> (AnalysisModel?, [ConfigurationProblem]) {
        do {
            let model = try AnalysisModel(
                first, file.configuration.classify, in: library, for: try Environment.instructionSet(),
                limits: limits)
            return (model, [])
        } catch {
            return (nil, [file.problem("classify", "\(error)")])
        }
    }

    private func labelProblems(_ file: ConfigurationFile, _ model: AnalysisModel?) -> [ConfigurationProblem] {
        guard let model else { return [] }
        return file.problems(labels: model.labels, task: model.first.task)
    }

    // MARK: - Sources

    /// Probes the sources at the same time, because each may take as long as its time-outs.
    private func probe(_ sources: [SourceConfiguration], input: Shape) throws {
        let size = PixelSize(width: input.width, height: input.height)
        let results = ProbeResults()
        let group = DispatchGroup()
        for source in sources {
            group.enter()
            ThreadQueue(label: source.name).async {
                defer { group.leave() }
                let result = Result { try source.probe(input: size, credentialFolder: Environment.credentialFolder) }
                results.add(source.name, result)
            }
        }
        group.wait()
        for source in sources {
            if let result = results[source.name] { try CheckReport.write(source.name, result, json: json) }
        }
        if results.hasFailure { throw ReportedFailure(status: EX_UNAVAILABLE) }
    }
}
