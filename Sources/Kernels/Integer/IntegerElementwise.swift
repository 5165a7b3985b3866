import KernelInterface

/// Runs a quantised elementwise task.
@inline(never)
func integerElementwise(_ task: UnsafePointer<IntegerElementwiseTask>) {
    let parameters = Channels(block: task.pointee.parameters)
    let second = Channels(block: task.pointee.parameters + 1)
    let result = Channels(block: task.pointee.parameters + 2)
    switch task.pointee.operation {
    case .add:
        combine(task, result) { a, b in
            TwiceRounded.scaled(a &+ parameters.bias, parameters) &+ TwiceRounded.scaled(b &+ second.bias, second)
        }
    case .multiply:
        combine(task, result) { a, b in (a &+ parameters.bias) &* (b &+ second.bias) }
    }
}

/// Rounds what `operation` makes of each two vectors of bytes.
@inline(__always)
private func combine(
    _ pointer: UnsafePointer<IntegerElementwiseTask>, _ result: Channels, _ operation: (Sums, Sums) -> Sums
) {
    let task = pointer.pointee
    let bounds = Bounds(low: task.low, high: task.high)
    for block in 0..<task.blocks {
        for row in 0..<task.height {
            let first = task.first.base + block * task.first.blockStride + row * task.first.rowStride
            let second = task.second.base + block * task.second.blockStride + row * task.second.rowStride
            let output = task.output.base + block * task.output.blockStride + row * task.output.rowStride
            for pixel in 0..<task.width {
                for part in 0..<Channels.vectors {
                    let at = part * Sums.scalarCount
                    let sums = operation(
                        Sums(bytes: first + pixel * 16 + at), Sums(bytes: second + pixel * task.secondPixelStride + at))
                    sums.store(TwiceRounded.self, result, bounds, to: output + pixel * 16 + at)
                }
            }
        }
    }
}
