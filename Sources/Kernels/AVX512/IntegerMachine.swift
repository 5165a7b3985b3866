// Vector operations of the integer loops for AVX-512 BW: multiply-adds of pairs of 16-bit values.

import CIntrinsics

/// Number of products that one instruction adds to a sum.
enum Group: GroupSize {
    @inline(__always) static var count: Int { 2 }
}

/// A full panel of weights is two blocks wide.
typealias IntegerPanel = IntegerBeside<PixelGroup, PixelGroup>
/// 12 pixels: 24 sums, and room for the operands.
typealias IntegerTallTile<Row: IntegerTile> = IntegerRows3<Row>
/// 12 outputs.
typealias DepthwiseTallTile = Depthwise3<PixelGroup>
typealias DepthwiseShared = DepthwisePair

extension Values {
    /// Broadcasts the group of 16-bit values at `address` to all sums.
    @inline(__always)
    init(group address: UnsafeRawPointer) { self = _mm512_set1_epi32(address.loadUnaligned(as: Int32.self)) }

    /// Loads two neighbouring pixels of 16 channels as 16-bit pairs.
    @inline(__always)
    init(pixels address: UnsafePointer<UInt8>) {
        let bytes = UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Int64>.self)
        self = _mm512_permutexvar_epi16(cintrinsics_unknown(pixelPairs), _mm512_cvtepu8_epi16(bytes))
    }
}

/// Permutation of words: 0, 16, 1, 17, …
@inline(__always)
private var pixelPairs: Values {
    unsafeBitCast(
        SIMD32<Int16>(
            0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23,
            8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
        to: Values.self)
}

extension Sums {
    @inline(__always)
    mutating func add(_ values: Values, times weights: UnsafeRawPointer) {
        self &+= Sums(bits: _mm512_madd_epi16(values, weights.loadUnaligned(as: Values.self)))
    }
}
