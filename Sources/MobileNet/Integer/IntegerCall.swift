import Kernels

/// One call of an integer kernel, ready to be made: all of its pointers are resolved.
enum IntegerCall {
    case fillBorder(BorderTask)
    case convolution(UnsafePointer<IntegerConvolutionTask>)
    case depthwise(UnsafePointer<IntegerDepthwiseTask>)
    case elementwise(UnsafePointer<IntegerElementwiseTask>)
    case lookup(UnsafePointer<LookupTask>)
    case mean(UnsafePointer<IntegerAveragePool>)
    case pool(UnsafePointer<IntegerPool>)
    case softmax(UnsafePointer<SoftmaxPixels>)
    case rearrangement(UnsafePointer<ByteRearrangement>)
    case detections(DetectionTask)

    /// Makes the call. Allocates nothing.
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

/// The memory that integer calls work on: a session's own, and the plan's constants.
struct IntegerMemory {
    let workspace: UnsafeMutablePointer<UInt8>
    /// The size of the workspace, in bytes.
    let workspaceSize: Int
    /// The first byte of the input image's border.
    let image: UnsafeMutablePointer<UInt8>
    let constants: UnsafePointer<UInt8>
    let tasks: TaskArena

    /// Constants of some type.
    func constants<Element: BitwiseCopyable>(_ place: IntegerConstants.Place, as _: Element.Type) -> UnsafePointer<
        Element
    > {
        UnsafeRawPointer(constants + place).assumingMemoryBound(to: Element.self)
    }

    /// Numbers in the workspace.
    ///
    /// - Precondition: they lie in it.
    func floats(at place: Int, count: Int) -> UnsafeMutableBufferPointer<Float> {
        check(place, size: count * MemoryLayout<Float>.size)
        return .init(
            start: UnsafeMutableRawPointer(workspace + place).assumingMemoryBound(to: Float.self), count: count)
    }

    /// A buffer, to read.
    ///
    /// - Precondition: it lies in the workspace.
    func plane(_ buffer: Buffer) -> BytePlane {
        check(buffer.offset, size: buffer.size)
        return BytePlane(
            base: workspace + buffer.origin, rowStride: buffer.rowStride, blockStride: buffer.blockStride)
    }

    /// A buffer, to write.
    ///
    /// - Precondition: it lies in the workspace.
    func mutablePlane(_ buffer: Buffer) -> MutableBytePlane {
        check(buffer.offset, size: buffer.size)
        return MutableBytePlane(
            base: workspace + buffer.origin, rowStride: buffer.rowStride, blockStride: buffer.blockStride)
    }

    private func check(_ place: Int, size: Int) {
        precondition(place >= 0 && place + size <= workspaceSize, "a task would leave the workspace")
    }
}

/// Writes the zero point around every plane of a buffer. Other values have used the memory since the last run.
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
