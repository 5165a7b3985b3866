import KernelInterface

/// Widens the receptive fields of a chunk of pixels to 16 bits in the task's scratch memory:
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

extension GroupSize {
    /// Returns, for each pixel of a chunk, the term −w₀ Σ x of the weights' zero point w₀.
    ///
    /// Σ (x − x₀)(w − w₀) = Σ x w − w₀ Σ x + terms that do not depend on x, which the bias contains.
    @inline(__always)
    static func weightZeroPointTerms(
        _ task: UnsafePointer<IntegerConvolutionTask>, _ start: UnsafePointer<UInt8>, _ ones: UnsafePointer<Int8>,
        pixels: Int
    ) -> UnsafePointer<Int32> {
        let terms = task.pointee.scratch.assumingMemoryBound(to: Int32.self)
        for pixel in 0..<pixels {
            var sum: Int32 = 0
            for segment in 0..<task.pointee.segments {
                let bytes = start + Int(task.pointee.segmentOffsets[segment]) + pixel * 16
                for channel in 0..<16 { sum &+= Int32(bytes[channel]) &* Int32(ones[segment * 16 + channel]) }
            }
            terms[pixel] = task.pointee.weightZeroPoint &* sum
        }
        return UnsafePointer(terms)
    }
}
