import KernelInterface

/// Segments of the input that a convolution reduces, and the order of its weights. See ``IntegerConvolutionTask``.
struct IntegerReduction {
    /// Offset of each segment from the first input of an output pixel, in bytes.
    var offsets: [Int32]
    /// Number of full segments. They precede the others.
    var full: Int
    /// Bytes of a full segment.
    var length: Int
    /// Bytes of each other segment.
    var lastLength: Int
    /// Weight of each byte of all segments.
    var order: [Weight]

    /// Index in a row of weights, and the piece of that weight (see ``IntegerWeights/pieces``).
    struct Weight {
        var index: Int
        var piece = 0
    }

    /// Reduction over a channel-blocked buffer: block by block, and in each block row by row of the kernel. So the short
    /// segments, those of an incomplete last block, come last.
    init(_ kernel: KernelGeometry, over buffer: Buffer) {
        let channels = buffer.shape.channels
        (offsets, order) = ([], [])
        length = min(buffer.lanes, channels)
        lastLength = channels - (buffer.blocks - 1) * buffer.lanes
        full = (lastLength == length ? buffer.blocks : buffer.blocks - 1) * kernel.count
        for block in 0..<buffer.blocks {
            for tap in 0..<kernel.count {
                let offset =
                    block * buffer.blockStride + tap / kernel.width * buffer.rowStride
                    + tap % kernel.width * buffer.lanes
                offsets.append(Int32(offset))
                for channel in block * buffer.lanes..<min((block + 1) * buffer.lanes, channels) {
                    order.append(Weight(index: channel * kernel.count + tap))
                }
            }
        }
    }

    /// Reduction over an interleaved image: the rows of the kernel.
    init(_ kernel: KernelGeometry, over layout: ImageLayout) {
        offsets = (0..<kernel.height).map { Int32($0 * layout.rowStride) }
        full = kernel.height
        length = kernel.width * ImageLayout.channels
        lastLength = length
        let rowLength = length
        order = (0..<kernel.height * rowLength).map { at in
            let (row, rest) = at.quotientAndRemainder(dividingBy: rowLength)
            let (column, channel) = rest.quotientAndRemainder(dividingBy: ImageLayout.channels)
            return Weight(index: (channel * kernel.height + row) * kernel.width + column)
        }
    }

    /// Returns the number of groups of a full segment and of the others.
    func groups(of group: Int) -> (full: Int, last: Int) {
        ((length + group - 1) / group, (lastLength + group - 1) / group)
    }

    /// Returns ``order`` with every segment padded to whole groups. Padding has no weight.
    func steps(group: Int) -> [Weight?] {
        let groups = groups(of: group)
        var steps: [Weight?] = []
        var at = 0
        for index in offsets.indices {
            let (length, count) = index < full ? (length, groups.full) : (lastLength, groups.last)
            steps += order[at..<at + length].map(Optional.some)
            steps += repeatElement(nil, count: count * group - length)
            at += length
        }
        return steps
    }

    /// Mask of the bytes of each segment, `[segments][16]`: 1 inside, 0 behind its end.
    var ones: [Int8] {
        offsets.indices.flatMap { index in
            let length = index < full ? length : lastLength
            return (0..<16).map { $0 < length ? 1 as Int8 : 0 }
        }
    }

    /// Returns the reduction repeated for each piece of the weights, if int8 cannot hold the weights.
    func repeated(_ pieces: Int) -> IntegerReduction {
        var result = self
        (result.offsets, result.order, result.full) = ([], [], full * pieces)
        let middle = full * length
        for (segments, weights) in [(offsets[..<full], order[..<middle]), (offsets[full...], order[middle...])] {
            for piece in 0..<pieces {
                result.offsets += segments
                result.order += weights.map { Weight(index: $0.index, piece: piece) }
            }
        }
        return result
    }
}

/// Steps in which a depthwise convolution reads its input. See ``IntegerDepthwiseTask``.
struct DepthwiseSteps {
    let kernel: KernelGeometry
    /// Pixels in a step.
    let group: Int
    /// Number of neighbouring outputs that share a step.
    let phases: Int
    /// Number of steps of a row of the kernel.
    private let rowSteps: Int

    init(_ kernel: KernelGeometry, _ kernels: IntegerKernelTable) {
        self.kernel = kernel
        group = kernels.group
        phases = kernel.horizontalStride == 1 ? kernels.depthwisePhases : 1
        rowSteps = (kernel.width + phases - 1 + group - 1) / group
    }

    /// Number of steps of the kernel.
    var count: Int { kernel.height * rowSteps }

    /// Returns the tap of the kernel for a pixel of a step and one of the outputs that share it; `nil` outside of the
    /// kernel.
    func tap(_ step: Int, phase: Int, position: Int) -> Int? {
        let column = step % rowSteps * group + position - phase
        return (0..<kernel.width).contains(column) ? step / rowSteps * kernel.width + column : nil
    }

    /// Returns the offset of each step from the first input of an output pixel, in bytes.
    func offsets(rowStride: Int, lanes: Int) -> [Int32] {
        (0..<count).map { Int32($0 / rowSteps * rowStride + $0 % rowSteps * group * lanes) }
    }
}
