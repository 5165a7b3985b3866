/// A network that is ready to run, and what there is to know of it. Its weights as they were in the file are
/// not kept.
public struct LoadedModel: Sendable {
    /// As in events.
    public let name: String
    /// Of the file.
    public let path: String
    /// What its classes are called, without the background.
    public let labels: [String]
    public let plan: Plan

    /// Reads a model and makes it ready to run.
    ///
    /// - Parameters:
    ///   - name: a name, or the path of a file.
    ///   - library: where it is looked for.
    ///   - limits: the most that it may ask for.
    ///   - features: whether it is to give a vector of features instead of a score for each class.
    /// - Throws: ``FileError``.
    public init(
        _ name: String, in library: ModelLibrary, for instructionSet: InstructionSet, limits: PlanLimits = .standard,
        features: Bool = false
    ) throws(FileError) {
        path = try library.path(of: name)
        let model = try Model.read(path)
        self.name = model.name
        labels = model.reportedLabels
        do {
            plan =
                try features
                ? model.featuresPlan(for: instructionSet, limits: limits)
                : model.plan(for: instructionSet, limits: limits)
            guard plan.outputShape.isVector else {
                throw FormatError(
                    "what comes out of it is \(plan.outputShape), and not a score for each class; `lookout model run` shows it"
                )
            }
        } catch {
            throw FileError(path: path, contents: error)
        }
    }

    /// Asks whether there is memory for so many workers, each of which has a session of its own.
    ///
    /// - Throws: ``FileError`` of the kind ``FileError/Kind/outOfMemory``.
    public func checkMemory(workers: Int) throws(FileError) {
        do {
            try plan.checkMemory(sessions: workers)
        } catch {
            throw FileError(path: path, contents: error)
        }
    }
}
