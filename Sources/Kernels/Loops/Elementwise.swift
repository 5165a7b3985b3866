import KernelInterface

/// Runs an elementwise task.
@inline(never)
func elementwise(_ task: UnsafePointer<ElementwiseTask>) {
    switch task.pointee.operation {
    case .copy: combine(task) { first, _, _ in first }
    case .add: combine(task) { first, second, _ in first + second.vector }
    case .multiply: combine(task) { first, second, _ in first * second.vector }
    case .addChannels: combine(task) { first, _, summands in first + summands.vector }
    case .scaleChannels: combine(task) { first, _, factors in first * factors.vector }
    }
}

/// Calls `operation` for every vector of the tensor with a vector of the first operand, the address of the second
/// operand's vector, and the address of the block's vector of factors.
@inline(__always)
private func combine(
    _ pointer: UnsafePointer<ElementwiseTask>,
    _ operation: (Vector, UnsafePointer<Float>, UnsafePointer<Float>) -> Vector
) {
    let task = pointer.pointee
    for block in 0..<task.blocks {
        let factors = task.second.base + block * Vector.scalarCount
        for row in 0..<task.height {
            let first = task.first.base + block * task.first.blockStride + row * task.first.rowStride
            let second = task.second.base + block * task.second.blockStride + row * task.second.rowStride
            let output = task.output.base + block * task.output.blockStride + row * task.output.rowStride
            for column in 0..<task.width {
                let at = column * Vector.scalarCount
                var result = operation((first + at).vector, second + at, factors)
                result.apply(task.activation)
                (output + at).vector = result
            }
        }
    }
}
