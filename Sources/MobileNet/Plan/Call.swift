import KernelInterface

/// Call of a kernel with all pointers resolved.
enum Call {
    case clearBorder(Buffer, UnsafeMutablePointer<Float>)
    case convolution(UnsafePointer<ConvolutionTask>)
    case depthwise(UnsafePointer<DepthwiseTask>)
    case dense(UnsafePointer<DenseTask>)
    case mean(UnsafePointer<MeanTask>)
    case pool(UnsafePointer<PoolTask>)
    case elementwise(UnsafePointer<ElementwiseTask>)
    case general(any GeneralTask)

    /// Name of the kernel, and whether it does the work of its layer rather than prepare it.
    var title: (name: String, isMain: Bool) {
        switch self {
        case .clearBorder: ("border", false)
        case .convolution: ("convolution", true)
        case .depthwise: ("depthwise", true)
        case .dense: ("dense", true)
        case .mean: ("mean", true)
        case .pool: ("pool", true)
        case .elementwise: ("elementwise", true)
        case .general(let task): ("\(type(of: task))".lowercased(), false)
        }
    }

    /// Runs the kernel. Allocates no memory.
    func run(with kernels: KernelTable) {
        switch self {
        case .clearBorder(let buffer, let workspace): buffer.clearBorder(in: workspace)
        case .convolution(let task): kernels.convolution(task)
        case .depthwise(let task): kernels.depthwise(task)
        case .dense(let task): kernels.dense(task)
        case .mean(let task): kernels.mean(task)
        case .pool(let task): kernels.pool(task)
        case .elementwise(let task): kernels.elementwise(task)
        case .general(let task): task.run()
        }
    }
}

/// Memory that the calls of a session access: the session's workspace and the plan's constants.
struct CallMemory {
    let workspace: UnsafeMutablePointer<Float>
    /// Size of the workspace in floats.
    let workspaceSize: Int
    /// Input image, from the start of its border.
    let image: UnsafeMutablePointer<Float>
    let constants: UnsafePointer<Float>
    let offsets: UnsafePointer<Int32>
    let tasks: TaskArena
    /// Scratch memory of this thread, if it is not the session's own thread, which has its scratch memory in the workspace.
    var threadScratch: UnsafeMutablePointer<Float>?
    /// Number of threads that share the workspace.
    var threads = 1

    /// Returns scratch memory that no other thread uses.
    ///
    /// - Parameter offset: the offset of the layer's scratch memory in the workspace.
    func scratch(_ offset: Int) -> UnsafeMutablePointer<Float> { threadScratch ?? workspace + offset }

    /// Returns a buffer for reading.
    ///
    /// - Precondition: the buffer lies in the workspace.
    func plane(_ buffer: Buffer) -> Plane {
        check(buffer)
        return Plane(base: workspace + buffer.origin, rowStride: buffer.rowStride, blockStride: buffer.blockStride)
    }

    /// Returns a buffer for access to single elements.
    ///
    /// - Precondition: the buffer lies in the workspace.
    func tensor(_ buffer: Buffer) -> BlockedTensor {
        check(buffer)
        return BlockedTensor(buffer, in: workspace)
    }

    /// Returns a buffer for writing.
    ///
    /// - Precondition: the buffer lies in the workspace.
    func mutablePlane(_ buffer: Buffer) -> MutablePlane {
        check(buffer)
        return MutablePlane(
            base: workspace + buffer.origin, rowStride: buffer.rowStride, blockStride: buffer.blockStride)
    }

    private func check(_ buffer: Buffer) {
        precondition(
            buffer.offset >= 0 && buffer.offset + buffer.size <= workspaceSize, "a task would leave the workspace")
    }
}

extension Buffer {
    /// Fills the border of every plane with zeros. Other values have used the memory since the last run.
    func clearBorder(in workspace: UnsafeMutablePointer<Float>) {
        let left = border.left * lanes
        let right = border.right * lanes
        for block in 0..<blocks {
            let plane = workspace + offset + block * blockStride
            plane.update(repeating: 0, count: border.top * rowStride)
            for row in border.top..<border.top + shape.height {
                let line = plane + row * rowStride
                line.update(repeating: 0, count: left)
                (line + rowStride - right).update(repeating: 0, count: right)
            }
            (plane + (border.top + shape.height) * rowStride).update(repeating: 0, count: border.bottom * rowStride)
        }
    }
}
