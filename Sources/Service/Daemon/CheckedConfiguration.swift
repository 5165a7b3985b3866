import Capture
import MobileNet
import Watch

/// Configuration with its model, fully validated: only its sources have not been opened.
struct CheckedConfiguration: Sendable {
    let configuration: Configuration
    let model: AnalysisModel
    let warnings: [ConfigurationProblem]
    /// Labels by the name of their group, from the configuration or from its file of groups.
    let groups: [String: [String]]
    private let credentialFolder: String?

    /// - Parameter known: a model that is loaded; it is used if the configuration names it.
    /// - Throws: ``ConfigurationProblems`` with everything that is wrong, ``FileError`` if the model or the groups
    ///   cannot be used.
    init(_ file: ConfigurationFile, _ environment: ServiceEnvironment, known: (name: String, model: LoadedModel)? = nil)
        throws
    {
        let onDisk = file.problemsOnDisk(environment.configurationEnvironment)
        if onDisk.contains(where: { $0.severity == .error }) { throw ConfigurationProblems(list: onDisk) }
        configuration = file.configuration
        let first: LoadedModel
        if let known, known.name == configuration.model {
            first = known.model
        } else {
            first = try LoadedModel(
                configuration.model, in: environment.models, for: environment.instructionSet,
                limits: environment.planLimits)
        }
        model = try AnalysisModel(
            first, configuration.classify, in: environment.models, for: environment.instructionSet,
            limits: environment.planLimits)
        let memory = file.memoryProblems(first.plan, cores: environment.coreCount, limit: environment.memoryLimit)
        if memory.contains(where: { $0.severity == .error }) { throw ConfigurationProblems(list: memory) }
        try model.checkMemory(workers: configuration.workers ?? environment.coreCount)
        let problems = file.problems(labels: model.labels, task: first.task)
        if problems.contains(where: { $0.severity == .error }) { throw ConfigurationProblems(list: problems) }
        groups = try configuration.groups.read(labels: model.labels)
        warnings = file.warnings + onDisk + memory + problems
        credentialFolder = environment.credentialFolder
    }

    /// Returns the enabled sources, ready to be watched.
    ///
    /// - Throws: ``FileError`` if credentials cannot be read, ``LabelTargetError``.
    func sources() throws -> [LiveSource] {
        let traits = ModelTraits(model, groups: groups)
        return try configuration.sources.filter(\.isEnabled).map { source in
            try source.live(traits, credentialFolder: credentialFolder)
        }
    }
}
