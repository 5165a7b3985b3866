import CIntrinsics
import KernelInterface

extension Group {
    /// Returns the terms of the weights' zero point. It sums four pixels at a time, so it may read up to three pixels
    /// behind the last one. See ``GroupSize/weightZeroPointTerms(_:_:_:pixels:)``.
    @inline(__always)
    static func weightZeroPointTerms(
        _ task: UnsafePointer<IntegerConvolutionTask>, _ start: UnsafePointer<UInt8>, _ ones: UnsafePointer<Int8>,
        pixels: Int
    ) -> UnsafePointer<Int32> {
        let terms = task.pointee.scratch.assumingMemoryBound(to: Int32.self)
        let factor = task.pointee.weightZeroPoint
        var pixel = 0
        while pixel < pixels {
            var sums = Sums(repeating: 0)
            for segment in 0..<task.pointee.segments {
                let bytes = start + Int(task.pointee.segmentOffsets[segment]) + pixel * 16
                let mask = UnsafeRawPointer(ones + segment * 16).loadUnaligned(as: SIMD2<Int64>.self)
                sums = Sums(
                    bits: _mm512_dpbusd_epi32(
                        sums.bits, UnsafeRawPointer(bytes).loadUnaligned(as: Values.self), _mm512_broadcast_i64x2(mask))
                )
            }
            for index in 0..<4 {
                let at = 4 * index
                terms[pixel + index] = factor &* (sums[at] &+ sums[at + 1] &+ sums[at + 2] &+ sums[at + 3])
            }
            pixel += 4
        }
        return UnsafePointer(terms)
    }
}
