import KernelInterface

/// Memory and kernel calls of a session of a float model. Part of ``Session``.
final class FloatSession {
    private let plan: FloatPlan
    private let outputCount: Int
    let workspace: AlignedMemory<Float>
    private let image: AlignedMemory<Float>
    private let tasks = TaskArena()
    /// Scratch memory of the other threads.
    private let scratch: AlignedMemory<Float>
    private let program: Program<Call>
    /// Threads that run the program; `nil` if the calling thread does.
    private let team: ThreadTeam?
    /// Output in pixel order, if it is not contiguous in the workspace.
    private let result: AlignedMemory<Float>?

    /// - Parameter threads: the number of threads for a run.
    init(plan: FloatPlan, outputCount: Int, threads: Int) {
        self.plan = plan
        self.outputCount = outputCount
        workspace = AlignedMemory(zeroed: plan.workspaceSize, from: plan.memory)
        image = AlignedMemory(zeroed: plan.image.size, from: plan.memory)
        scratch = AlignedMemory(zeroed: (threads - 1) * plan.scratchSize, from: plan.memory)
        let result = plan.output.shape.isVector ? nil : AlignedMemory<Float>(zeroed: outputCount, from: plan.memory)
        self.result = result
        var memory = CallMemory(
            workspace: workspace.base, workspaceSize: plan.workspaceSize, image: image.base,
            constants: plan.constants.floats.base, offsets: plan.constants.offsets.base,
            tasks: tasks, threads: threads)
        let scratch = scratch
        let tasks = tasks
        let steps = (0..<threads).map { thread in
            memory.threadScratch = thread == 0 ? nil : scratch.base + (thread - 1) * plan.scratchSize
            var steps = plan.bindings.map { $0(memory) }
            if let result {
                steps.append(Step(.general(Unblock(input: memory.tensor(plan.output), output: result.base))))
            }
            guard threads > 1 else { return steps }
            return steps.map { $0.divided { $0.parts(4 * threads, for: plan.kernels, tasks) } }
        }
        program = Program(steps)
        team = threads > 1 ? program.team(threads) { [kernels = plan.kernels] in $0.run(with: kernels) } : nil
    }

    deinit { team?.end() }

    /// Normalizes an image into the input. See ``Session/load(pixels:bytesPerRow:)``.
    func load(pixels: UnsafePointer<UInt8>, bytesPerRow: Int, normalization: InputNormalization) {
        let mean = normalization.mean
        let standardDeviation = normalization.standardDeviation
        let task = ImageTask(
            pixels: pixels, bytesPerRow: bytesPerRow, width: plan.image.width, height: plan.image.height,
            reversesColours: normalization.colours == .bgr,
            scale: (1 / standardDeviation.0, 1 / standardDeviation.1, 1 / standardDeviation.2),
            offset: (-mean.0 / standardDeviation.0, -mean.1 / standardDeviation.1, -mean.2 / standardDeviation.2),
            output: image.base + plan.image.origin, outputRowStride: plan.image.rowStride)
        withUnsafePointer(to: task, plan.kernels.image)
    }

    /// Copies a normalized tensor to the input. See ``Session/load(tensor:)``.
    func load(tensor: UnsafeBufferPointer<Float>) {
        let layout = plan.image
        let pixels = layout.height * layout.width
        for row in 0..<layout.height {
            let line = image.base + layout.origin + row * layout.rowStride
            for column in 0..<layout.width {
                for channel in 0..<ImageLayout.channels {
                    line[column * ImageLayout.channels + channel] =
                        tensor[channel * pixels + row * layout.width + column]
                }
            }
        }
    }

    /// Runs the network on the input loaded last. Allocates no memory.
    func run() -> UnsafeBufferPointer<Float> {
        if let team { team.run() } else { program.run { $0.run(with: plan.kernels) } }
        return UnsafeBufferPointer(start: result?.base ?? workspace.base + plan.output.origin, count: outputCount)
    }

    /// Runs the network on the calling thread, and measures each call.
    func profile(runs: Int) -> [CallProfile] {
        program.profile(runs: runs, costs: plan.costs, title: \.title) { $0.run(with: plan.kernels) }
    }

    /// Copies a value of the last run that the plan keeps, in the order `[H, W, C]`.
    func read(_ value: Graph.Value, into values: inout [Float]) {
        guard let buffer = plan.kept[value] else { preconditionFailure("the plan does not keep value \(value.index)") }
        values.removeAll(keepingCapacity: true)
        buffer.forEach { values.append(workspace.base[$0]) }
    }

    /// Feature vector of the last run; `nil` if the network has none. Allocates memory.
    var features: [Float]? {
        plan.features.map { buffer in
            (0..<buffer.shape.channels).map { channel in
                workspace.base[buffer.origin + channel / buffer.lanes * buffer.blockStride + channel % buffer.lanes]
            }
        }
    }
}
