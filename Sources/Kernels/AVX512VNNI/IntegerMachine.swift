// Vector operations of the integer loops for AVX-512 VNNI: multiply-adds of four uint8 and four int8 values.

import CIntrinsics

/// Number of products that one instruction adds to a sum.
enum Group: GroupSize {
    @inline(__always) static var count: Int { 4 }
}

/// A full panel of weights is two blocks wide.
typealias IntegerPanel = IntegerBeside<PixelGroup, PixelGroup>
/// 12 pixels: 24 sums, and room for the operands.
typealias IntegerTallTile<Row: IntegerTile> = IntegerRows3<Row>
/// 12 outputs.
typealias DepthwiseTallTile = Depthwise3<PixelGroup>
typealias DepthwiseShared = DepthwisePair

extension Values {
    /// Broadcasts the group of uint8 values at `address` to all sums.
    @inline(__always)
    init(group address: UnsafeRawPointer) { self = _mm512_set1_epi32(address.loadUnaligned(as: Int32.self)) }

    /// Loads four neighbouring pixels of 16 channels as groups of four uint8 values.
    ///
    /// It transposes 4 × 16 bytes: first groups of four bytes between the pixels, then within each group.
    @inline(__always)
    init(pixels address: UnsafePointer<UInt8>) {
        let bytes = UnsafeRawPointer(address).loadUnaligned(as: Values.self)
        self = _mm512_shuffle_epi8(
            _mm512_permutexvar_epi32(cintrinsics_unknown(groupsOfPixels), bytes), cintrinsics_unknown(bytesOfGroups))
    }
}

/// Permutation that takes the first four channels of each of four pixels, then the next four.
@inline(__always)
private var groupsOfPixels: Values {
    unsafeBitCast(SIMD16<Int32>(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), to: Values.self)
}

/// Shuffle that takes the first byte of each four, then the second of each four.
@inline(__always)
private var bytesOfGroups: Values {
    let pair: (Int64, Int64) = (0x0D09_0501_0C08_0400, 0x0F0B_0703_0E0A_0602)
    return Values(pair.0, pair.1, pair.0, pair.1, pair.0, pair.1, pair.0, pair.1)
}

extension Sums {
    @inline(__always)
    mutating func add(_ values: Values, times weights: UnsafeRawPointer) {
        self = Sums(bits: _mm512_dpbusd_epi32(bits, values, weights.loadUnaligned(as: Values.self)))
    }
}
