/// Model that is ready to run: a plan, and the labels of its outputs.
///
/// The weights of the file are freed after the plan has packed them.
public struct LoadedModel: Sendable {
    /// Name of the model. Events carry it.
    public let name: String
    /// Path of the file.
    public let path: String
    /// Task of the network: classification or detection.
    public var task: ModelTask { plan.task }
    /// Labels of the classes, without the background class.
    public let labels: [String]
    /// Plan of the network. Workers share it; each has a ``Session`` of its own.
    public let plan: Plan

    /// Reads a model and makes its plan.
    ///
    /// - Parameters:
    ///   - name: name of a model in the library, or path of a file.
    ///   - library: folders that are searched.
    ///   - instructionSet: instruction set that this machine supports.
    ///   - limits: upper limits of memory and work.
    ///   - features: whether the output is a feature vector instead of a score for each class.
    /// - Throws: ``FileError`` if the model is not found, the file is malformed, or the plan exceeds a limit.
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
            guard plan.task != .other else {
                throw FormatError(
                    "its output is \(plan.outputShape), neither a score for each class nor detections; `lookout model run` prints the output"
                )
            }
        } catch {
            throw FileError(path: path, contents: error)
        }
    }

    /// Checks that there is memory for a session of each worker.
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
