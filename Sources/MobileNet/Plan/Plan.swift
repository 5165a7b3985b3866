import Basics
import Kernels

/// Instruction sets with optimized kernels.
public typealias InstructionSet = Kernels.InstructionSet
/// Error for an unknown or unsupported instruction set.
public typealias InstructionSetError = Kernels.InstructionSetError

/// Execution plan of a network for one instruction set: batch normalizations are folded, layers fused, weights packed
/// and buffers placed in memory.
///
/// Creating a plan is expensive; creating a ``Session`` is not. A plan is immutable: any number of sessions on any
/// threads can share it.
public final class Plan: Sendable {
    /// Instruction set of the kernels.
    public let instructionSet: InstructionSet
    /// Shape of the input image: `[1, 3, H, W]`.
    public let inputShape: Shape
    /// Shape of the output: `[1, C, H, W]`, a vector for classifiers.
    public let outputShape: Shape
    /// Task of the network.
    public let task: ModelTask
    /// Interpretation of the output.
    public let head: Head
    /// Normalization of images.
    public let normalization: InputNormalization

    /// Number of values in the output.
    public var outputCount: Int { outputShape.count }

    /// Number of components of the feature vector (see ``Session/features``); 0 if the network has none, as a detector.
    public var featureCount: Int {
        switch engine {
        case .float(let plan): plan.features?.shape.channels ?? 0
        case .integer(let plan): plan.features?.buffer.shape.channels ?? 0
        }
    }

    /// Plan for the arithmetic of the model.
    let engine: Engine

    /// Plan of a float model, or of a quantized model.
    enum Engine {
        case float(FloatPlan)
        case integer(IntegerPlan)
    }

    /// Creates a plan.
    ///
    /// - Parameters:
    ///   - graph: a network whose input is an image; a float model or a quantized model.
    ///   - weights: the parameters of the network (see ``Graph/parameters``).
    ///   - normalization: the normalization of images.
    ///   - head: the interpretation of the output.
    ///   - instructionSet: an instruction set that this machine supports.
    ///   - limits: the limits for memory and work.
    /// - Throws: ``WeightsError`` if the weights do not fit the graph, ``GraphError`` for a layer that the engine does not
    ///   support, ``PlanLimitError`` if the network exceeds a limit, and another error if memory is short.
    public convenience init(
        graph: Graph, weights: Weights, normalization: InputNormalization, head: Head = Head(),
        instructionSet: InstructionSet, limits: PlanLimits = .standard
    ) throws {
        try self.init(
            graph: graph, weights: weights, normalization: normalization, head: head, instructionSet: instructionSet,
            limits: limits, memory: .heap)
    }

    /// - Parameters:
    ///   - memory: the allocator of the plan and its sessions.
    ///   - kept: values that sessions can read when the network has run. They are stored, so layers are fused less.
    init(
        graph: Graph, weights: Weights, normalization: InputNormalization, head: Head = Head(),
        instructionSet: InstructionSet, limits: PlanLimits = .standard, memory: MemorySource,
        keeping kept: Set<Graph.Value> = []
    ) throws {
        let estimate = PlanEstimate(graph)
        try limits.check(estimate)
        try Memory.check(Int(estimate.constantBytes))
        self.instructionSet = instructionSet
        self.normalization = normalization
        self.head = head
        inputShape = graph[graph.input].shape
        outputShape = graph[graph.output].shape
        task = graph.task
        engine =
            graph.isQuantized
            ? .integer(
                try IntegerPlan(
                    graph: graph, weights: weights, normalization: normalization, instructionSet: instructionSet,
                    memory: memory, keeping: kept))
            : .float(
                try FloatPlan(
                    graph: graph, weights: weights, instructionSet: instructionSet, memory: memory, keeping: kept))
        try limits.check(sessionBytes: sessionBytes)
        try Memory.check(sessionBytes)
    }

    /// Checks that the system has memory for a number of sessions.
    ///
    /// - Throws: an error that names the number of bytes that are needed.
    public func checkMemory(sessions: Int) throws {
        let (bytes, overflows) = sessionBytes.multipliedReportingOverflow(by: sessions)
        try Memory.check(overflows ? .max : bytes)
    }

    /// Bytes of packed weights. All sessions share them.
    public var constantBytes: Int {
        switch engine {
        case .float(let plan): plan.constants.floats.count * MemoryLayout<Float>.stride
        case .integer(let plan): plan.constants.count
        }
    }

    /// Bytes that each session allocates.
    public var sessionBytes: Int {
        switch engine {
        case .float(let plan): (plan.workspaceSize + plan.image.size) * MemoryLayout<Float>.stride
        case .integer(let plan): plan.workspaceSize + plan.image.size
        }
    }
}
