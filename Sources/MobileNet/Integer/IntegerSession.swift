import Kernels

/// One run of a quantised plan after another, in memory of its own. See ``Session``, whose part it is.
final class IntegerSession {
    private let plan: IntegerPlan
    let workspace: AlignedMemory<UInt8>
    private let image: AlignedMemory<UInt8>
    private let tasks = TaskArena()
    private let calls: [IntegerCall]
    /// The output's bytes, pixel by pixel.
    let bytes: AlignedMemory<UInt8>?
    private let count: Int

    init(plan: IntegerPlan, outputCount: Int) {
        self.plan = plan
        count = outputCount
        workspace = AlignedMemory(zeroed: plan.workspaceSize, from: plan.memory)
        image = AlignedMemory(zeroed: plan.image.size + plan.slack, from: plan.memory)
        image.base.update(repeating: plan.imageZeroPoint, count: plan.image.size)
        if case .bytes = plan.output {
            bytes = AlignedMemory(zeroed: outputCount, from: plan.memory)
        } else {
            bytes = nil
        }
        let memory = IntegerMemory(
            workspace: workspace.base, workspaceSize: plan.workspaceSize, image: image.base,
            constants: UnsafePointer(plan.constants.base), tasks: tasks)
        calls = plan.bindings.map { $0(memory) }
    }

    /// Takes an image. See ``Session/load(pixels:bytesPerRow:)``.
    func load(pixels: UnsafePointer<UInt8>, bytesPerRow: Int, reversesColours: Bool) {
        let layout = plan.image
        for row in 0..<layout.height {
            let line = image.base + layout.origin + row * layout.rowStride
            let from = pixels + row * bytesPerRow
            if plan.takesPicturesAsTheyAre {
                line.update(from: from, count: layout.width * ImageLayout.channels)
            } else {
                map(from, to: line, reversesColours: reversesColours)
            }
        }
    }

    private func map(_ from: UnsafePointer<UInt8>, to line: UnsafeMutablePointer<UInt8>, reversesColours: Bool) {
        plan.pictureTables.withUnsafeBufferPointer { tables in
            for column in 0..<plan.image.width {
                let at = ImageLayout.channels * column
                for channel in 0..<ImageLayout.channels {
                    let source = reversesColours ? ImageLayout.channels - 1 - channel : channel
                    line[at + channel] = tables[256 * channel + Int(from[at + source])]
                }
            }
        }
    }

    /// Takes numbers. See ``Session/load(tensor:)``.
    func load(tensor: UnsafeBufferPointer<Float>) {
        let layout = plan.image
        let pixels = layout.height * layout.width
        for row in 0..<layout.height {
            let line = image.base + layout.origin + row * layout.rowStride
            for column in 0..<layout.width {
                for channel in 0..<ImageLayout.channels {
                    let number = tensor[channel * pixels + row * layout.width + column]
                    line[column * ImageLayout.channels + channel] = plan.imageQuantization.byte(for: number)
                }
            }
        }
    }

    /// Runs the network on the input that was loaded last. Allocates nothing.
    func run() -> UnsafeBufferPointer<Float> {
        // By index: without optimisation, an array's iterator allocates.
        for index in 0..<calls.count { calls[index].run(with: plan.kernels) }
        let numbers = UnsafeMutableRawPointer(workspace.base + plan.numbers).assumingMemoryBound(to: Float.self)
        if case .bytes(let buffer, let quantization) = plan.output, let bytes {
            collect(buffer, into: bytes.base)
            for index in 0..<count { numbers[index] = quantization.number(for: bytes.base[index]) }
        }
        return UnsafeBufferPointer(start: numbers, count: count)
    }

    /// A buffer's bytes, pixel by pixel.
    private func collect(_ buffer: Buffer, into bytes: UnsafeMutablePointer<UInt8>) {
        var at = 0
        for row in 0..<buffer.shape.height {
            for column in 0..<buffer.shape.width {
                let pixel = workspace.base + buffer.origin + row * buffer.rowStride + column * buffer.lanes
                for channel in 0..<buffer.shape.channels {
                    bytes[at] = pixel[channel / buffer.lanes * buffer.blockStride + channel % buffer.lanes]
                    at += 1
                }
            }
        }
    }
}
