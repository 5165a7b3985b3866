import KernelInterface

// Depthwise convolutions with the convolution before them, as in inverted residual blocks (Sandler et al., 2018).

extension Lowering {
    /// Lowers a depthwise convolution and the convolution that computes its input.
    ///
    /// The expanded input is the largest tensor of a block. It is never stored as a whole: for one panel of channels after
    /// the other, the convolution computes a plane, and the depthwise convolution reads it from the second-level cache. A
    /// plane that is too large for the cache is computed strip by strip.
    mutating func lowerExpanded(
        _ layer: FusedLayer, _ kernel: KernelGeometry, index: Int
    ) throws(GraphError) -> StepBinding {
        let expansion = layer.expansion[0]
        let panel = assignment.panel(of: layer)
        let makeConvolution = try expansionTask(expansion, into: panel)
        let makeDepthwise = depthwiseTask(layer, kernel, input: panel)
        let lanes = kernels.lanes
        let panelBlocks = panel.blocks
        let blocks = assignment[layer.output].blocks
        let strips = Strips(of: layer, kernel, panel, output: assignment[layer.output])
        let scratch = assignment.scratch[index] ?? 0
        return { memory in
            var buffer = panel
            buffer.offset = 0
            let base = memory.scratch(scratch)
            let convolution = makeConvolution(memory)
            let depthwise = makeDepthwise(memory)
            let corner = base + buffer.origin - strips.border.top * panel.rowStride - strips.border.left * lanes
            let panels = stride(from: 0, to: blocks, by: panelBlocks).map { $0..<min($0 + panelBlocks, blocks) }
            let bands = strips.bands(threads: memory.threads, panels: panels.count)
            let sequences = panels.flatMap { range in
                var part = convolution.blocks(range, lanes: lanes)
                part.output = base + buffer.origin
                var reader = depthwise.blocks(range, lanes: lanes)
                reader.input.base = UnsafePointer(corner)
                return bands.map { strips.calls($0, part, reader, memory.tasks) }
            }
            // A thread uses one plane for all of its panels. No call writes to its border.
            let border: [Call] = buffer.hasBorder ? [.clearBorder(buffer, base)] : []
            guard memory.threads > 1 else { return Step(sequences: [border + sequences.joined()]) }
            return Step(sequences: sequences.map { border + $0 })
        }
    }

    /// Returns a closure that creates the task of the convolution before a depthwise convolution.
    private mutating func expansionTask(
        _ layer: FusedLayer, into panel: Buffer
    ) throws(GraphError) -> @Sendable (CallMemory) -> ConvolutionTask {
        guard case .convolution(let kernel) = layer.kind else { preconditionFailure("a convolution expands") }
        if layer.input == graph.input { return try imageTask(layer, kernel, output: panel) }
        let input = assignment[layer.input]
        return pointwiseTask(
            layer, scratch: nil, input: input, output: panel, order: Array(0..<input.shape.channels))
    }
}

/// Strips of rows in which a plane is computed and read.
private struct Strips {
    let border: Buffer.Border
    private let kernel: KernelGeometry
    private let input: Shape
    private let output: Shape
    /// Whether the rows may be divided.
    private let mayDivide: Bool
    /// Rows of the output in a strip.
    private let rows: Int

    /// Bytes of a strip: a fraction of the smallest second-level caches, which also hold the weights and the output.
    private static let stripBytes = 96 * 1024
    /// Bytes of a plane that is not divided.
    private static let wholeBytes = 192 * 1024

    init(of layer: FusedLayer, _ kernel: KernelGeometry, _ panel: Buffer, output: Buffer) {
        self.kernel = kernel
        input = panel.shape
        self.output = output.shape
        border = kernel.border(around: panel.shape)
        let size = panel.size * MemoryLayout<Float>.size
        let rowBytes = panel.rowStride * panel.blocks * MemoryLayout<Float>.size
        // The mean of a channel needs all rows.
        mayDivide = layer.channelMeans == nil
        rows =
            !mayDivide || size <= Self.wholeBytes
            ? output.shape.height : max(Self.stripBytes / rowBytes / kernel.verticalStride, 1)
    }

    /// Divides the rows of the output to bands for several threads, if there are too few panels for them. Neighbouring bands
    /// compute some rows of the input twice.
    func bands(threads: Int, panels: Int) -> [Range<Int>] {
        guard threads > 1, mayDivide, panels < 4 * threads else { return [0..<output.height] }
        return Call.ranges(output.height, most: (4 * threads + panels - 1) / panels, work: .max)
    }

    /// Returns the calls for a panel and a band: those of a strip compute the rows that it needs, then read them.
    func calls(
        _ band: Range<Int>, _ convolution: ConvolutionTask, _ depthwise: DepthwiseTask, _ tasks: TaskArena
    ) -> [Call] {
        guard band.count > rows || band.count < output.height else {
            return [.convolution(tasks.keep(convolution)), .depthwise(tasks.keep(depthwise))]
        }
        var calls: [Call] = []
        var computed = max(band.lowerBound * kernel.verticalStride - border.top, 0)
        for first in stride(from: band.lowerBound, to: band.upperBound, by: rows) {
            let end = min(first + rows, band.upperBound)
            let last = (end - 1) * kernel.verticalStride + kernel.height - border.top
            let needed = min(max(last, computed), input.height)
            if needed > computed {
                calls.append(.convolution(tasks.keep(convolution.outputRows(computed..<needed, width: input.width))))
                computed = needed
            }
            calls.append(.depthwise(tasks.keep(depthwise.outputRows(first..<end))))
        }
        return calls
    }
}
