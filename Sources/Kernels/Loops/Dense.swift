import KernelInterface

/// Four vectors side by side: enough independent sums to hide the latency of a multiply-add while the weights stream from
/// memory.
typealias DenseRow = Beside<Beside<Vector, Vector>, Beside<Vector, Vector>>

/// Runs a dense task.
@inline(never)
func dense(_ task: UnsafePointer<DenseTask>) {
    var block = 0
    while block + DenseRow.columns <= task.pointee.outputBlocks {
        multiply(DenseRow.self, task, block: block)
        block += DenseRow.columns
    }
    // The remaining blocks are packed as one narrower panel.
    switch task.pointee.outputBlocks - block {
    case 3: multiply(Beside<Beside<Vector, Vector>, Vector>.self, task, block: block)
    case 2: multiply(Beside<Vector, Vector>.self, task, block: block)
    case 1: multiply(Vector.self, task, block: block)
    default: break
    }
}

/// Computes the outputs of a panel.
@inline(__always)
private func multiply<Row: Tile>(_: Row.Type, _ task: UnsafePointer<DenseTask>, block: Int) {
    let task = task.pointee
    let first = block * Vector.scalarCount
    var weights = task.weights + first * task.reduction
    var row = Row(rowsFrom: task.bias + first)
    for k in 0..<task.reduction {
        row.add(broadcast: task.input + k, rowStride: 0, times: weights)
        weights += Row.columns * Vector.scalarCount
    }
    row.apply(task.activation)
    row.store(to: task.output + first, rowStride: 0)
}
