/// Memory and kernel calls of a session of a quantized model. Part of ``Session``.
final class IntegerSession {
    private let plan: IntegerPlan
    let workspace: AlignedMemory<UInt8>
    private let image: AlignedMemory<UInt8>
    private let tasks = TaskArena()
    /// Scratch memory of the other threads.
    private let scratch: AlignedMemory<UInt8>
    private let program: Program<IntegerCall>
    /// Threads that run the program; `nil` if the calling thread does.
    private let team: ThreadTeam?
    /// Quantized output in pixel order; `nil` if the output is float32.
    let output: AlignedMemory<UInt8>?
    private let count: Int

    /// - Parameter threads: the number of threads for a run.
    init(plan: IntegerPlan, outputCount: Int, threads: Int) {
        self.plan = plan
        count = outputCount
        workspace = AlignedMemory(zeroed: plan.workspaceSize, from: plan.memory)
        image = AlignedMemory(zeroed: plan.image.size + plan.slack, from: plan.memory)
        image.base.update(repeating: plan.imageZeroPoint, count: plan.image.size)
        if case .quantized = plan.output {
            output = AlignedMemory(zeroed: outputCount, from: plan.memory)
        } else {
            output = nil
        }
        scratch = AlignedMemory(zeroed: (threads - 1) * plan.scratchSize, from: plan.memory)
        var memory = IntegerMemory(
            workspace: workspace.base, workspaceSize: plan.workspaceSize, image: image.base,
            constants: UnsafePointer(plan.constants.base), tasks: tasks)
        let (scratch, tasks) = (scratch, tasks)
        program = Program(
            (0..<threads).map { thread in
                memory.threadScratch = thread == 0 ? nil : scratch.base + (thread - 1) * plan.scratchSize
                let steps = plan.bindings.map { Step($0(memory)) }
                guard threads > 1 else { return steps }
                return steps.map { $0.divided { $0.parts(4 * threads, for: plan.kernels, tasks) } }
            })
        team = threads > 1 ? program.team(threads) { [kernels = plan.kernels] in $0.run(with: kernels) } : nil
    }

    deinit { team?.end() }

    /// Normalizes and quantizes an image into the input. See ``Session/load(pixels:bytesPerRow:)``.
    func load(pixels: UnsafePointer<UInt8>, bytesPerRow: Int, reversesColours: Bool) {
        let layout = plan.image
        for row in 0..<layout.height {
            let line = image.base + layout.origin + row * layout.rowStride
            let from = pixels + row * bytesPerRow
            if plan.copiesImages {
                line.update(from: from, count: layout.width * ImageLayout.channels)
            } else {
                map(from, to: line, reversesColours: reversesColours)
            }
        }
    }

    private func map(_ from: UnsafePointer<UInt8>, to line: UnsafeMutablePointer<UInt8>, reversesColours: Bool) {
        plan.imageTables.withUnsafeBufferPointer { tables in
            for column in 0..<plan.image.width {
                let at = ImageLayout.channels * column
                for channel in 0..<ImageLayout.channels {
                    let source = reversesColours ? ImageLayout.channels - 1 - channel : channel
                    line[at + channel] = tables[256 * channel + Int(from[at + source])]
                }
            }
        }
    }

    /// Quantizes a normalized tensor into the input. See ``Session/load(tensor:)``.
    func load(tensor: UnsafeBufferPointer<Float>) {
        let layout = plan.image
        let pixels = layout.height * layout.width
        for row in 0..<layout.height {
            let line = image.base + layout.origin + row * layout.rowStride
            for column in 0..<layout.width {
                for channel in 0..<ImageLayout.channels {
                    let value = tensor[channel * pixels + row * layout.width + column]
                    line[column * ImageLayout.channels + channel] = plan.imageQuantization.quantized(value)
                }
            }
        }
    }

    /// Runs the network on the input loaded last. Allocates no memory.
    func run() -> UnsafeBufferPointer<Float> {
        if let team { team.run() } else { program.run { $0.run(with: plan.kernels) } }
        let floats = UnsafeMutableRawPointer(workspace.base + plan.floatOutput).assumingMemoryBound(to: Float.self)
        if case .quantized(let buffer, let quantization) = plan.output, let output {
            copy(buffer, to: output.base)
            for index in 0..<count { floats[index] = quantization.dequantized(output.base[index]) }
        }
        return UnsafeBufferPointer(start: floats, count: count)
    }

    /// Runs the network on the calling thread, and measures each call.
    func profile(runs: Int) -> [CallProfile] {
        program.profile(runs: runs, costs: plan.costs, title: \.title) { $0.run(with: plan.kernels) }
    }

    /// Feature vector of the last run, dequantized; `nil` if the network has none. Allocates memory.
    var features: [Float]? {
        plan.features.map { buffer, quantization in
            (0..<buffer.shape.channels).map { channel in
                let place = channel / buffer.lanes * buffer.blockStride + channel % buffer.lanes
                return quantization.dequantized(workspace.base[buffer.origin + place])
            }
        }
    }

    /// Copies a value of the last run that the plan keeps, dequantized, in the order `[H, W, C]`.
    ///
    /// - Returns: whether the plan keeps the value.
    func read(_ value: Graph.Value, into values: inout [Float]) -> Bool {
        guard let (buffer, quantization) = plan.kept[value] else { return false }
        values.removeAll(keepingCapacity: true)
        buffer.forEach { values.append(quantization.dequantized(workspace.base[$0])) }
        return true
    }

    /// Copies a channel-blocked buffer to contiguous memory in pixel order.
    private func copy(_ buffer: Buffer, to output: UnsafeMutablePointer<UInt8>) {
        var at = 0
        buffer.forEach { offset in
            output[at] = workspace.base[offset]
            at += 1
        }
    }
}
