import KernelInterface

// Parts of tasks. A part computes the same values as the whole task, bit by bit: no sum is divided.

extension ConvolutionTask {
    /// Returns the task for some blocks of output channels.
    ///
    /// - Parameter range: starts with a panel of weights.
    func blocks(_ range: Range<Int>, lanes: Int) -> ConvolutionTask {
        var task = self
        let first = range.lowerBound
        task.weights += first * lanes * reduction
        task.bias += first * lanes
        task.outputBlocks = range.count
        task.lastBlockIsHalf = lastBlockIsHalf && range.upperBound == outputBlocks
        task.output += first * outputBlockStride
        task.residual = residual.map { $0 + first * residualBlockStride }
        return task
    }

    /// Returns the task for some pixels of each row.
    func pixels(_ range: Range<Int>) -> ConvolutionTask {
        precondition(rows == 1, "the pixels of one row")
        var task = self
        task.input += range.lowerBound * inputPixelStride
        task.rowPixels = range.count
        task.outputOffsets += range.lowerBound
        task.residualOffsets = residualOffsets.map { $0 + range.lowerBound }
        return task
    }

    /// Returns the task for some rows of the output, whose width is `width`.
    func outputRows(_ range: Range<Int>, width: Int) -> ConvolutionTask {
        guard rows > 1 else { return pixels(range.lowerBound * width..<range.upperBound * width) }
        var task = self
        task.input += range.lowerBound * inputRowStride
        task.rows = range.count
        task.outputOffsets += range.lowerBound * rowPixels
        task.residualOffsets = residualOffsets.map { $0 + range.lowerBound * rowPixels }
        return task
    }

    /// Number of values of the input that a sum has.
    var reduction: Int { (segments - 1) * segmentLength + lastSegmentLength }
}

extension DepthwiseTask {
    /// Returns the task for some blocks of channels.
    func blocks(_ range: Range<Int>, lanes: Int) -> DepthwiseTask {
        var task = self
        let first = range.lowerBound
        task.input.base += first * input.blockStride
        task.output.base += first * output.blockStride
        task.blocks = range.count
        task.weights += first * kernelHeight * kernelWidth * lanes
        task.bias += first * lanes
        task.means = means.map { $0 + first * lanes }
        return task
    }

    /// Returns the task for some rows of the output.
    ///
    /// - Precondition: the task has no means, which are of all rows.
    func outputRows(_ range: Range<Int>) -> DepthwiseTask {
        precondition(means == nil, "the means of some rows")
        var task = self
        task.input.base += range.lowerBound * verticalStride * input.rowStride
        task.output.base += range.lowerBound * output.rowStride
        task.outputHeight = range.count
        return task
    }
}
