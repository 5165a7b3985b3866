import KernelInterface

extension GroupSize {
    /// For each pixel of a chunk, what the zero point w₀ of the weights takes off all its sums: −w₀ Σ x.
    ///
    /// Σ (x − x₀)(w − w₀) = Σ x w − w₀ Σ x + what does not depend on x, which is in the bias.
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
