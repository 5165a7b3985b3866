import KernelInterface

/// Runs a quantized elementwise task.
@inline(never)
func integerElementwise(_ task: UnsafePointer<IntegerElementwiseTask>) {
    let first = task.pointee.parameters
    let second = first + 1
    switch task.pointee.operation {
    case .add:
        combine(TwiceRounded.self, task) { a, b in
            TwiceRounded.scaled(a &+ first.bias(0), first, 0) &+ TwiceRounded.scaled(b &+ second.bias(0), second, 0)
        }
    case .multiply:
        combine(TwiceRounded.self, task) { a, b in (a &+ first.bias(0)) &* (b &+ second.bias(0)) }
    case .weightedSum:
        let bias = (first + 2).bias(0)
        combine(Scaled.self, task) { a, b in
            a &* first.multiplier(0) &+ b &* second.multiplier(0) &+ bias
        }
    case .scaledProduct:
        combine(Scaled.self, task) { a, b in (a &+ first.bias(0)) &* (b &+ second.bias(0)) }
    }
}

/// Applies `operation` to the vectors of both operands, and requantizes the results.
@inline(__always)
private func combine<R: Rounding>(
    _: R.Type, _ pointer: UnsafePointer<IntegerElementwiseTask>, _ operation: (Sums, Sums) -> Sums
) {
    let task = pointer.pointee
    let result = task.parameters + 2
    let bounds = Bounds(low: task.low, high: task.high)
    for block in 0..<task.blocks {
        for row in 0..<task.height {
            let first = task.first.base + block * task.first.blockStride + row * task.first.rowStride
            let second = task.second.base + block * task.second.blockStride + row * task.second.rowStride
            let output = task.output.base + block * task.output.blockStride + row * task.output.rowStride
            for pixel in stride(from: 0, to: task.width, by: PixelGroup.rows) {
                var group = PixelGroup(biases: result)
                group.combine(
                    first + pixel * 16, second + pixel * task.secondPixelStride, task.secondPixelStride, operation)
                group.store(
                    row: output + pixel * 16, R.self, result, bounds, count: task.width - pixel)
            }
        }
    }
}

extension Four where Left == Sums, Right == Sums {
    /// Applies `operation` to two groups of pixels.
    @inline(__always)
    fileprivate mutating func combine(
        _ first: UnsafePointer<UInt8>, _ second: UnsafePointer<UInt8>, _ stride: Int, _ operation: (Sums, Sums) -> Sums
    ) {
        a = Self.combined(0, first, second, stride, operation)
        b = Self.combined(1, first, second, stride, operation)
        c = Self.combined(2, first, second, stride, operation)
        d = Self.combined(3, first, second, stride, operation)
    }

    @inline(__always)
    private static func combined(
        _ index: Int, _ first: UnsafePointer<UInt8>, _ second: UnsafePointer<UInt8>, _ stride: Int,
        _ operation: (Sums, Sums) -> Sums
    ) -> Sums {
        let part = index % Block.vectors * Sums.scalarCount
        return operation(
            Sums(bytes: first + index / Block.vectors * 16 + part),
            Sums(bytes: second + index / Block.vectors * stride + part))
    }
}
