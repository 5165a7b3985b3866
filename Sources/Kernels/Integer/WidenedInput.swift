import KernelInterface

/// Copies the windows of a chunk of pixels into the task's scratch memory, as 16-bit numbers:
/// `[segments][pixels][segment length]`.
@inline(never)
func widen(_ task: UnsafePointer<IntegerConvolutionTask>, _ start: UnsafePointer<UInt8>, pixels: Int) {
    let length = task.pointee.segmentGroups * Group.count
    let output = task.pointee.scratch.assumingMemoryBound(to: UInt16.self)
    for segment in 0..<task.pointee.segments {
        let from = start + Int(task.pointee.segmentOffsets[segment])
        let to = output + segment * pixels * length
        if task.pointee.inputPixelStride == length {
            widen(from, to, count: pixels * length)
        } else {
            for pixel in 0..<pixels {
                widen(from + pixel * task.pointee.inputPixelStride, to + pixel * length, count: length)
            }
        }
    }
}

@inline(__always)
private func widen(_ from: UnsafePointer<UInt8>, _ to: UnsafeMutablePointer<UInt16>, count: Int) {
    for index in 0..<count { to[index] = UInt16(from[index]) }
}
