import Kernels

/// How a depthwise convolution takes its window. See ``IntegerDepthwiseTask``.
struct DepthwiseSteps {
    let kernel: KernelGeometry
    let group: Int
    /// How many neighbouring outputs share a step.
    let phases: Int
    /// How many steps a row of the window has.
    private let rowSteps: Int

    init(_ kernel: KernelGeometry, _ kernels: IntegerKernelTable) {
        self.kernel = kernel
        group = kernels.group
        phases = kernel.horizontalStride == 1 ? kernels.depthwisePhases : 1
        rowSteps = (kernel.width + phases - 1 + group - 1) / group
    }

    /// How many steps the window has.
    var count: Int { kernel.height * rowSteps }

    /// The tap of the window that a pixel of a step is for an output; `nil` if it is outside of its window.
    func tap(_ step: Int, phase: Int, place: Int) -> Int? {
        let column = step % rowSteps * group + place - phase
        return (0..<kernel.width).contains(column) ? step / rowSteps * kernel.width + column : nil
    }

    /// Where each step begins, in bytes from the window.
    func offsets(rowStride: Int, lanes: Int) -> [Int32] {
        (0..<count).map { Int32($0 / rowSteps * rowStride + $0 % rowSteps * group * lanes) }
    }
}
