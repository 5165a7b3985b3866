import Basics
import Kernels

/// A network, made ready for one instruction set: folded, fused, packed, and laid out in memory.
///
/// Making a plan is work; running it is not. A plan does not change, so any number of ``Session``s, on
/// any threads, share one.
public final class Plan: Sendable {
    /// The instruction set whose kernels it uses.
    public let instructionSet: InstructionSet
    /// Pixels of the input: three channels.
    public let inputShape: Shape
    /// Of what comes out.
    public let outputShape: Shape
    /// What it means.
    public let head: Head
    /// How images become the input.
    public let normalization: InputNormalization

    /// How many numbers come out.
    public var outputCount: Int { outputShape.count }

    /// What runs it.
    let engine: Engine

    /// What runs a network: one that computes with numbers, or one that computes with bytes.
    enum Engine {
        case float(FloatPlan)
        case integer(IntegerPlan)
    }

    /// - Parameters:
    ///   - graph: a network that looks at an image, and computes with numbers or with bytes.
    ///   - weights: its parameters (see ``Graph/parameters``).
    ///   - normalization: how images become the input.
    ///   - head: what the output means.
    ///   - instructionSet: one that this machine supports.
    ///   - limits: the most that it may ask for.
    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine lacks,
    ///   ``PlanLimitError`` if it asks for too much, and another error if there is not enough memory for it.
    public convenience init(
        graph: Graph, weights: Weights, normalization: InputNormalization, head: Head = Head(),
        instructionSet: InstructionSet, limits: PlanLimits = .standard
    ) throws {
        try self.init(
            graph: graph, weights: weights, normalization: normalization, head: head, instructionSet: instructionSet,
            limits: limits, memory: .heap)
    }

    /// - Parameter memory: where the plan and its sessions get their memory.
    init(
        graph: Graph, weights: Weights, normalization: InputNormalization, head: Head = Head(),
        instructionSet: InstructionSet, limits: PlanLimits = .standard, memory: MemorySource
    ) throws {
        let estimate = PlanEstimate(graph)
        try limits.check(estimate)
        try Memory.check(Int(estimate.constantBytes))
        self.instructionSet = instructionSet
        self.normalization = normalization
        self.head = head
        inputShape = graph[graph.input].shape
        outputShape = graph[graph.output].shape
        engine =
            graph.isQuantized
            ? .integer(
                try IntegerPlan(
                    graph: graph, weights: weights, normalization: normalization, instructionSet: instructionSet,
                    memory: memory))
            : .float(try FloatPlan(graph: graph, weights: weights, instructionSet: instructionSet, memory: memory))
        try limits.check(sessionBytes: sessionBytes)
        try Memory.check(sessionBytes)
    }

    /// Asks whether there is memory for so many sessions.
    ///
    /// - Throws: an error that says how much was wanted.
    public func checkMemory(sessions: Int) throws {
        let (bytes, overflows) = sessionBytes.multipliedReportingOverflow(by: sessions)
        try Memory.check(overflows ? .max : bytes)
    }

    /// Bytes of packed weights, which all sessions share.
    public var constantBytes: Int {
        switch engine {
        case .float(let plan): plan.constants.floats.count * MemoryLayout<Float>.stride
        case .integer(let plan): plan.constants.count
        }
    }

    /// Bytes that each session needs for itself.
    public var sessionBytes: Int {
        switch engine {
        case .float(let plan): (plan.workspaceSize + plan.image.size) * MemoryLayout<Float>.stride
        case .integer(let plan): plan.workspaceSize + plan.image.size
        }
    }
}
