import Kernels

/// How a convolution's reduction walks over its input. See ``IntegerConvolutionTask``.
struct IntegerReduction {
    /// Where each stretch begins, in bytes from the window.
    var offsets: [Int32]
    /// How many stretches, the first ones, are full.
    var full: Int
    /// Bytes of a full stretch.
    var length: Int
    /// Bytes of the others.
    var lastLength: Int
    /// For each byte of all stretches, its weight.
    var order: [Weight]

    /// A place in a row of weights, and which of the pieces of that weight.
    struct Weight {
        var place: Int
        var piece = 0
    }

    /// Over blocks of channels: block by block, and in each the window row by row, so that the last ones, of the
    /// block that may not be full, are the short ones.
    init(_ kernel: KernelGeometry, over buffer: Buffer) {
        let channels = buffer.shape.channels
        (offsets, order) = ([], [])
        length = min(buffer.lanes, channels)
        lastLength = channels - (buffer.blocks - 1) * buffer.lanes
        full = (lastLength == length ? buffer.blocks : buffer.blocks - 1) * kernel.count
        for block in 0..<buffer.blocks {
            for tap in 0..<kernel.count {
                let place =
                    block * buffer.blockStride + tap / kernel.width * buffer.rowStride
                    + tap % kernel.width * buffer.lanes
                offsets.append(Int32(place))
                for channel in block * buffer.lanes..<min((block + 1) * buffer.lanes, channels) {
                    order.append(Weight(place: channel * kernel.count + tap))
                }
            }
        }
    }

    /// Over an interleaved image: the window's rows.
    init(_ kernel: KernelGeometry, over layout: ImageLayout) {
        offsets = (0..<kernel.height).map { Int32($0 * layout.rowStride) }
        full = kernel.height
        length = kernel.width * ImageLayout.channels
        lastLength = length
        let rowLength = length
        order = (0..<kernel.height * rowLength).map { at in
            let (row, rest) = at.quotientAndRemainder(dividingBy: rowLength)
            let (column, channel) = rest.quotientAndRemainder(dividingBy: ImageLayout.channels)
            return Weight(place: (channel * kernel.height + row) * kernel.width + column)
        }
    }

    /// Groups of a full stretch, and of the others.
    func groups(of group: Int) -> (full: Int, last: Int) {
        ((length + group - 1) / group, (lastLength + group - 1) / group)
    }

    /// ``order`` with every stretch filled up to whole groups; what fills it up has no weight.
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

    /// For each stretch 16 bytes: ones as far as it reaches, then zeros.
    var ones: [Int8] {
        offsets.indices.flatMap { index in
            let length = index < full ? length : lastLength
            return (0..<16).map { $0 < length ? 1 as Int8 : 0 }
        }
    }

    /// The same, made once with each of the pieces of the weights, where one piece cannot hold them.
    func repeated(_ pieces: Int) -> IntegerReduction {
        var result = self
        (result.offsets, result.order, result.full) = ([], [], full * pieces)
        let middle = full * length
        for (stretches, weights) in [(offsets[..<full], order[..<middle]), (offsets[full...], order[middle...])] {
            for piece in 0..<pieces {
                result.offsets += stretches
                result.order += weights.map { Weight(place: $0.place, piece: piece) }
            }
        }
        return result
    }
}
