import KernelInterface

extension Call {
    /// Divides a call to parts that may run at the same time.
    ///
    /// - Parameters:
    ///   - most: the number of parts of a large call. A small call is not divided: threads would wait for one another longer
    ///     than they compute.
    ///   - kernels: the kernels, whose tiles and panels are not divided.
    ///   - tasks: keeps the tasks of the parts.
    func parts(_ most: Int, for kernels: KernelTable, _ tasks: TaskArena) -> [Call] {
        switch self {
        case .convolution(let task):
            return task.pointee.parts(most, for: kernels).map { .convolution(tasks.keep($0)) }
        case .depthwise(let task):
            let taps = task.pointee.kernelHeight * task.pointee.kernelWidth
            let work = task.pointee.outputHeight * task.pointee.outputWidth * taps
            return Self.ranges(task.pointee.blocks, most: most, work: work * task.pointee.blocks * kernels.lanes).map {
                .depthwise(tasks.keep(task.pointee.blocks($0, lanes: kernels.lanes)))
            }
        case .dense(let task):
            return task.pointee.parts(most, for: kernels).map { .dense(tasks.keep($0)) }
        case .mean(let task):
            let work = task.pointee.height * task.pointee.width * task.pointee.blocks * kernels.lanes
            return Self.ranges(task.pointee.blocks, most: most, work: work).map {
                .mean(tasks.keep(task.pointee.blocks($0, lanes: kernels.lanes)))
            }
        case .pool(let task):
            let work = task.pointee.outputHeight * task.pointee.outputWidth * task.pointee.blocks * kernels.lanes
            return Self.ranges(task.pointee.blocks, most: most, work: work).map {
                .pool(tasks.keep(task.pointee.blocks($0)))
            }
        case .elementwise(let task):
            let work = task.pointee.height * task.pointee.width * task.pointee.blocks * kernels.lanes
            return Self.ranges(task.pointee.blocks, most: most, work: work).map {
                .elementwise(tasks.keep(task.pointee.blocks($0, lanes: kernels.lanes)))
            }
        case .clearBorder, .general:
            return [self]
        }
    }

    /// Divides `0..<count` to ranges of nearly the same length.
    ///
    /// - Parameters:
    ///   - unit: what is not divided: all ranges but the last are multiples of it.
    ///   - work: the number of multiply-adds, or of elements.
    static func ranges(_ count: Int, unit: Int = 1, most: Int, work: Int) -> [Range<Int>] {
        // A core does so many in a microsecond or two.
        let least = 50_000
        let units = (count + unit - 1) / unit
        let parts = max(1, min(most, units, work / least))
        return (0..<parts).map { part in
            part * units / parts * unit..<min((part + 1) * units / parts * unit, count)
        }
    }
}

extension Call {
    /// Divides the output of a matrix product to ranges of pixels and blocks of channels.
    ///
    /// Ranges of pixels are better: all threads read the weights then, but the input is read once. If there are too few tiles
    /// of pixels, the panels of weights are divided, too.
    static func rectangles(
        pixels: Int, tile: Int, blocks: Int, panel: Int, most: Int, work: Int
    ) -> [(pixels: Range<Int>, blocks: Range<Int>)] {
        let tiles = (pixels + tile - 1) / tile
        let rows = ranges(pixels, unit: tile, most: tiles >= 2 * most ? most : 2, work: work)
        let columns = ranges(blocks, unit: panel, most: (most + rows.count - 1) / rows.count, work: work)
        return rows.flatMap { row in columns.map { (row, $0) } }
    }
}

extension ConvolutionTask {
    fileprivate func parts(_ most: Int, for kernels: KernelTable) -> [ConvolutionTask] {
        let work = rows * rowPixels * outputBlocks * kernels.lanes * reduction
        guard rows == 1 else {
            return Call.ranges(rows, most: most, work: work).map { outputRows($0, width: rowPixels) }
        }
        return Call.rectangles(
            pixels: rowPixels, tile: kernels.convolutionTile, blocks: outputBlocks, panel: kernels.convolutionPanel,
            most: most, work: work
        ).map { pixels($0.pixels).blocks($0.blocks, lanes: kernels.lanes) }
    }
}

extension DenseTask {
    fileprivate func parts(_ most: Int, for kernels: KernelTable) -> [DenseTask] {
        let work = outputBlocks * kernels.lanes * reduction
        return Call.ranges(outputBlocks, unit: kernels.densePanel, most: most, work: work).map { range in
            var task = self
            let first = range.lowerBound * kernels.lanes
            task.weights += first * reduction
            task.bias += first
            task.output += first
            task.outputBlocks = range.count
            return task
        }
    }
}

extension MeanTask {
    fileprivate func blocks(_ range: Range<Int>, lanes: Int) -> MeanTask {
        var task = self
        task.input.base += range.lowerBound * input.blockStride
        task.output += range.lowerBound * lanes
        task.blocks = range.count
        return task
    }
}

extension PoolTask {
    fileprivate func blocks(_ range: Range<Int>) -> PoolTask {
        var task = self
        task.input.base += range.lowerBound * input.blockStride
        task.output.base += range.lowerBound * output.blockStride
        task.blocks = range.count
        return task
    }
}

extension ElementwiseTask {
    fileprivate func blocks(_ range: Range<Int>, lanes: Int) -> ElementwiseTask {
        var task = self
        let isVector = operation == .addChannels || operation == .scaleChannels
        task.first.base += range.lowerBound * first.blockStride
        task.second.base += range.lowerBound * (isVector ? lanes : second.blockStride)
        task.output.base += range.lowerBound * output.blockStride
        task.blocks = range.count
        return task
    }
}
