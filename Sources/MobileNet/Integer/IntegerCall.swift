import KernelInterface

/// Call of an integer kernel with all pointers resolved.
enum IntegerCall {
    case fillBorder(BorderTask)
    case convolution(UnsafePointer<IntegerConvolutionTask>)
    case depthwise(UnsafePointer<IntegerDepthwiseTask>)
    case elementwise(UnsafePointer<IntegerElementwiseTask>)
    case lookup(UnsafePointer<LookupTask>)
    case mean(UnsafePointer<IntegerAveragePool>)
    case pool(UnsafePointer<IntegerPool>)
    case softmax(UnsafePointer<SoftmaxPixels>)
    case rearrangement(UnsafePointer<IntegerRearrangement>)
    case detections(IntegerDetections)

    /// Name of the kernel, and whether it does the work of its layer rather than prepare it.
    var title: (name: String, isMain: Bool) {
        switch self {
        case .fillBorder: ("border", false)
        case .convolution: ("convolution", true)
        case .depthwise: ("depthwise", true)
        case .elementwise(let task): (task.pointee.operation == .add ? "add" : "multiply", true)
        case .lookup: ("lookup", true)
        case .mean: ("mean", true)
        case .pool: ("pool", true)
        case .softmax: ("softmax", true)
        case .rearrangement: ("rearrangement", true)
        case .detections: ("detections", true)
        }
    }

    /// Runs the kernel. Allocates no memory.
    func run(with kernels: IntegerKernelTable) {
        switch self {
        case .fillBorder(let task): task.run()
        case .convolution(let task): kernels.convolution(task)
        case .depthwise(let task): kernels.depthwise(task)
        case .elementwise(let task): kernels.elementwise(task)
        case .lookup(let task): kernels.lookup(task)
        case .mean(let task): task.pointee.run(with: kernels)
        case .pool(let task): task.pointee.run()
        case .softmax(let task): task.pointee.run()
        case .rearrangement(let task): task.pointee.run()
        case .detections(let task): task.run()
        }
    }
}

/// Memory that the calls of a session access: the session's workspace and the plan's constants.
struct IntegerMemory {
    let workspace: UnsafeMutablePointer<UInt8>
    /// Size of the workspace in bytes.
    let workspaceSize: Int
    /// Input image, from the start of its border.
    let image: UnsafeMutablePointer<UInt8>
    let constants: UnsafePointer<UInt8>
    let tasks: TaskArena
    /// Scratch memory of this thread, if it is not the session's own thread, which has its scratch memory in the workspace.
    var threadScratch: UnsafeMutablePointer<UInt8>?

    /// Returns scratch memory that no other thread uses.
    ///
    /// - Parameter offset: the offset of the layer's scratch memory in the workspace.
    func scratch(_ offset: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(threadScratch ?? workspace + offset)
    }

    /// Returns constants at a position.
    func constants<Element: BitwiseCopyable>(_ position: IntegerConstants.Position, as _: Element.Type)
        -> UnsafePointer<
            Element
        >
    {
        UnsafeRawPointer(constants + position).assumingMemoryBound(to: Element.self)
    }

    /// Returns float32 memory in the workspace.
    ///
    /// - Precondition: it lies in the workspace.
    func floats(at offset: Int, count: Int) -> UnsafeMutableBufferPointer<Float> {
        check(offset, size: count * MemoryLayout<Float>.size)
        return .init(
            start: UnsafeMutableRawPointer(workspace + offset).assumingMemoryBound(to: Float.self), count: count)
    }

    /// Returns a buffer for reading.
    ///
    /// - Precondition: the buffer lies in the workspace.
    func plane(_ buffer: Buffer) -> BytePlane {
        check(buffer.offset, size: buffer.size)
        return BytePlane(
            base: workspace + buffer.origin, rowStride: buffer.rowStride, blockStride: buffer.blockStride)
    }

    /// Returns a buffer for writing.
    ///
    /// - Precondition: the buffer lies in the workspace.
    func mutablePlane(_ buffer: Buffer) -> MutableBytePlane {
        check(buffer.offset, size: buffer.size)
        return MutableBytePlane(
            base: workspace + buffer.origin, rowStride: buffer.rowStride, blockStride: buffer.blockStride)
    }

    private func check(_ offset: Int, size: Int) {
        precondition(offset >= 0 && offset + size <= workspaceSize, "a task would leave the workspace")
    }
}

/// Fills the border of every plane of a buffer with the zero point. Other values have used the memory since the last
/// run.
struct BorderTask {
    let buffer: Buffer
    let workspace: UnsafeMutablePointer<UInt8>
    let zeroPoint: UInt8

    func run() {
        let border = buffer.border
        let left = border.left * buffer.lanes
        let right = border.right * buffer.lanes
        for block in 0..<buffer.blocks {
            let plane = workspace + buffer.offset + block * buffer.blockStride
            plane.update(repeating: zeroPoint, count: border.top * buffer.rowStride)
            for row in border.top..<border.top + buffer.shape.height {
                let line = plane + row * buffer.rowStride
                line.update(repeating: zeroPoint, count: left)
                (line + buffer.rowStride - right).update(repeating: zeroPoint, count: right)
            }
            (plane + (border.top + buffer.shape.height) * buffer.rowStride)
                .update(repeating: zeroPoint, count: border.bottom * buffer.rowStride)
        }
    }
}
