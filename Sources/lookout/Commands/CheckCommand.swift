import ArgumentParser
import Basics
import Capture
import Dispatch
import Events
import Glibc
import MobileNet
import Service
import Watch

/// `lookout check`: what is wrong with a configuration, all of it at once.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the service's configuration.",
        discussion: """
            Says everything that is wrong, each on a line as file:line:column: what, on standard error, and ends \
            with the status 78; or that nothing is, on standard output. With --probe, every source that is not \
            switched off is opened once; the status is 69 if one of them gives no frame.
            """)

    @Flag(help: "Open each source once, too, and say what it gives.")
    var probe = false

    @Flag(help: "Print JSON, one object a line, on standard output.")
    var json = false

    @Argument(help: "The configuration.", completion: .file(extensions: ["yaml", "yml"]))
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
        try CheckReport.write(file, sources: sources.count, enabled: enabled.count, json: json)
        if probe { try probe(enabled, input: model?.plan.inputShape ?? Shape(channels: 3, height: 224, width: 224)) }
    }

    private func report(_ problems: [ConfigurationProblem]) throws {
        for problem in problems { try CheckReport.write(problem, json: json) }
    }

    /// Makes the model ready to run, and says what is wrong with it: what it asks for is known only then.
    ///
    /// - Parameter known: problems that were found already: that it is not there is not said twice.
    private func loadModel(
        _ file: ConfigurationFile, known: [ConfigurationProblem]
    ) throws -> (LoadedModel?, [ConfigurationProblem]) {
        let (instructionSet, limits) = (try Environment.instructionSet(), try Environment.planLimits())
        do {
            let model = try LoadedModel(
                file.configuration.model, in: Environment.models(), for: instructionSet, limits: limits)
            let memory = file.memoryProblems(
                model.plan, cores: Environment.coreCount, limit: ControlGroup.memoryLimit())
            return (model, memory)
        } catch {
            let problem = file.problem("model", "\(error)")
            let isKnown = known.contains { $0.severity == .error && $0.place == problem.place }
            return (nil, isKnown ? [] : [problem])
        }
    }

    private func labelProblems(_ file: ConfigurationFile, _ model: LoadedModel?) -> [ConfigurationProblem] {
        guard let model else { return [] }
        return file.problems(labels: model.labels)
    }

    // MARK: - Sources

    /// All at the same time: each may take as long as its time-outs.
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
