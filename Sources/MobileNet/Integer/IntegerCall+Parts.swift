import KernelInterface

extension IntegerCall {
    /// Divides a call to parts that may run at the same time. See ``Call/parts(_:for:_:)``.
    func parts(_ most: Int, for kernels: IntegerKernelTable, _ tasks: TaskArena) -> [IntegerCall] {
        switch self {
        case .convolution(let task):
            return task.pointee.parts(most, for: kernels).map { .convolution(tasks.keep($0)) }
        case .depthwise(let task):
            let work = task.pointee.outputHeight * task.pointee.outputWidth * task.pointee.steps * task.pointee.blocks
            // A step is four taps of 16 channels, with instructions of 16 multiply-adds.
            return Call.ranges(task.pointee.blocks, most: most, work: 16 * work).map {
                .depthwise(tasks.keep(task.pointee.blocks($0)))
            }
        case .elementwise(let task):
            return Call.ranges(task.pointee.blocks, most: most, work: 4 * task.pointee.pixels).map {
                .elementwise(tasks.keep(task.pointee.blocks($0)))
            }
        case .lookup(let task):
            let pixels = task.pointee.height * task.pointee.width * task.pointee.blocks
            return Call.ranges(task.pointee.blocks, most: most, work: 4 * pixels).map {
                .lookup(tasks.keep(task.pointee.blocks($0)))
            }
        case .fillBorder, .mean, .pool, .softmax, .rearrangement, .detections:
            return [self]
        }
    }
}

extension IntegerConvolutionTask {
    fileprivate func parts(_ most: Int, for kernels: IntegerKernelTable) -> [IntegerConvolutionTask] {
        // Bytes are multiplied about four times as fast as floats.
        let work = rows * rowPixels * outputBlocks * 16 * groups * kernels.group / 4
        guard rows == 1 else { return Call.ranges(rows, most: most, work: work).map(outputRows) }
        return Call.rectangles(
            pixels: rowPixels, tile: kernels.tileRows, blocks: outputBlocks, panel: kernels.panel, most: most,
            work: work
        ).map { pixels($0.pixels).blocks($0.blocks) }
    }

    private func outputRows(_ range: Range<Int>) -> IntegerConvolutionTask {
        var task = self
        task.input += range.lowerBound * inputRowStride
        task.rows = range.count
        task.outputOffsets += range.lowerBound * rowPixels
        return task
    }

    private func pixels(_ range: Range<Int>) -> IntegerConvolutionTask {
        var task = self
        task.input += range.lowerBound * inputPixelStride
        task.rowPixels = range.count
        task.outputOffsets += range.lowerBound
        return task
    }

    /// - Parameter range: starts with a panel of weights.
    private func blocks(_ range: Range<Int>) -> IntegerConvolutionTask {
        var task = self
        task.weights += range.lowerBound * groups * weightBytes
        task.channels += range.lowerBound
        task.output += range.lowerBound * outputBlockStride
        task.outputBlocks = range.count
        return task
    }

    /// Number of groups of the reduction.
    private var groups: Int { fullSegments * segmentGroups + (segments - fullSegments) * lastSegmentGroups }
}

/// Bytes of a group of weights for each channel of a block.
private let weightBytes = 64

extension IntegerDepthwiseTask {
    fileprivate func blocks(_ range: Range<Int>) -> IntegerDepthwiseTask {
        var task = self
        task.input.base += range.lowerBound * input.blockStride
        task.output.base += range.lowerBound * output.blockStride
        task.weights += range.lowerBound * steps * phases * weightBytes
        task.channels += range.lowerBound
        task.blocks = range.count
        return task
    }
}

extension IntegerElementwiseTask {
    fileprivate var pixels: Int { height * width * blocks }

    fileprivate func blocks(_ range: Range<Int>) -> IntegerElementwiseTask {
        var task = self
        task.first.base += range.lowerBound * first.blockStride
        task.second.base += range.lowerBound * second.blockStride
        task.output.base += range.lowerBound * output.blockStride
        task.blocks = range.count
        return task
    }
}

extension LookupTask {
    fileprivate func blocks(_ range: Range<Int>) -> LookupTask {
        var task = self
        task.input.base += range.lowerBound * input.blockStride
        task.output.base += range.lowerBound * output.blockStride
        task.blocks = range.count
        return task
    }
}
