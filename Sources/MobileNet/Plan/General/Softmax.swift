import Glibc

/// `exp(x) / Σ exp(x)` over the channels of each pixel, with the largest taken off first, so that nothing overflows.
struct Softmax: GeneralTask {
    let input: BlockedTensor
    let output: BlockedTensor

    func run() {
        for row in 0..<input.shape.height {
            for column in 0..<input.shape.width { normalize(row, column) }
        }
    }

    private func normalize(_ row: Int, _ column: Int) {
        var largest = -Float.infinity
        for channel in 0..<input.shape.channels { largest = max(largest, input[channel, row, column]) }
        var sum: Float = 0
        for channel in 0..<input.shape.channels {
            let power = expf(input[channel, row, column] - largest)
            output[channel, row, column] = power
            sum += power
        }
        for channel in 0..<input.shape.channels { output[channel, row, column] /= sum }
    }
}
