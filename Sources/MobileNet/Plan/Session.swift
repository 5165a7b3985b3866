import Kernels

/// One run of a plan after another, in memory of its own.
///
/// A session may be used from any thread, but by one at a time. ``run()`` allocates nothing.
///
///     let session = Session(plan: plan)
///     session.load(pixels: rgb, bytesPerRow: 3 * 224)
///     let logits = session.run()
public final class Session {
    private let plan: Plan
    private let workspace: AlignedMemory<Float>
    private let image: AlignedMemory<Float>
    private let tasks = TaskArena()
    private let calls: [Call]
    /// The output, where it does not lie in one piece in the workspace.
    private let result: AlignedMemory<Float>?

    public init(plan: Plan) {
        self.plan = plan
        workspace = AlignedMemory(zeroed: plan.workspaceSize)
        image = AlignedMemory(zeroed: plan.image.size)
        let memory = CallMemory(
            workspace: workspace.base, image: image.base,
            constants: plan.constants.floats.base, offsets: plan.constants.offsets.base,
            tasks: tasks)
        let steps = plan.bindings.map { $0(memory) }
        guard !plan.outputShape.isVector else {
            result = nil
            calls = steps
            return
        }
        let result = AlignedMemory<Float>(zeroed: plan.outputCount)
        self.result = result
        calls = steps + [.general(Unblock(input: memory.tensor(plan.output), output: result.base))]
    }

    /// Takes a picture of the plan's size as input.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `inputShape.height` rows of `inputShape.width` pixels.
    ///   - bytesPerRow: from the start of a row to that of the next.
    public func load(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) {
        let mean = plan.normalization.mean
        let deviation = plan.normalization.deviation
        let task = ImageTask(
            pixels: pixels, bytesPerRow: bytesPerRow, width: plan.image.width, height: plan.image.height,
            reversesColours: plan.normalization.colours == .bgr,
            scale: (1 / deviation.0, 1 / deviation.1, 1 / deviation.2),
            offset: (-mean.0 / deviation.0, -mean.1 / deviation.1, -mean.2 / deviation.2),
            output: image.base + plan.image.origin, outputRowStride: plan.image.rowStride)
        withUnsafePointer(to: task, plan.kernels.image)
    }

    /// Takes numbers as input that are normalised already.
    ///
    /// - Parameter tensor: `[3][height][width]`, as PyTorch has it.
    /// - Precondition: it has as many values as the plan's input.
    public func load(tensor: UnsafeBufferPointer<Float>) {
        precondition(tensor.count == plan.inputShape.count, "the input has \(plan.inputShape.count) values")
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

    /// Runs the network on the input that was loaded last.
    ///
    /// - Returns: the output, pixel by pixel, all channels of a pixel after each other. It stays valid until the next run, or until the session is gone: whoever
    ///   reads it keeps the session alive meanwhile.
    @discardableResult
    public func run() -> UnsafeBufferPointer<Float> {
        // By index: without optimisation, an array's iterator allocates.
        for index in 0..<calls.count { calls[index].run(with: plan.kernels) }
        return UnsafeBufferPointer(start: result?.base ?? workspace.base + plan.output.origin, count: plan.outputCount)
    }
}
