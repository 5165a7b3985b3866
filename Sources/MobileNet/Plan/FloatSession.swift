import KernelInterface

/// Memory and kernel calls of a session of a float model. Part of ``Session``.
final class FloatSession {
    private let plan: FloatPlan
    private let outputCount: Int
    let workspace: AlignedMemory<Float>
    private let image: AlignedMemory<Float>
    private let tasks = TaskArena()
    private let calls: [Call]
    /// Output in pixel order, if it is not contiguous in the workspace.
    private let result: AlignedMemory<Float>?

    init(plan: FloatPlan, outputCount: Int) {
        self.plan = plan
        self.outputCount = outputCount
        workspace = AlignedMemory(zeroed: plan.workspaceSize, from: plan.memory)
        image = AlignedMemory(zeroed: plan.image.size, from: plan.memory)
        let memory = CallMemory(
            workspace: workspace.base, workspaceSize: plan.workspaceSize, image: image.base,
            constants: plan.constants.floats.base, offsets: plan.constants.offsets.base,
            tasks: tasks)
        let steps = plan.bindings.map { $0(memory) }
        guard !plan.output.shape.isVector else {
            result = nil
            calls = steps
            return
        }
        let result = AlignedMemory<Float>(zeroed: outputCount, from: plan.memory)
        self.result = result
        calls = steps + [.general(Unblock(input: memory.tensor(plan.output), output: result.base))]
    }

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
        // By index: without optimization, an array's iterator allocates memory.
        for index in 0..<calls.count { calls[index].run(with: plan.kernels) }
        return UnsafeBufferPointer(start: result?.base ?? workspace.base + plan.output.origin, count: outputCount)
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
