// What the integer loops are made of on a CPU with AVX-512 VNNI: four bytes are multiplied and added at once.

import CIntrinsics

/// Values that go into each sum at a time.
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
    /// The group of bytes at `address`, for every sum.
    @inline(__always)
    init(group address: UnsafeRawPointer) { self = _mm512_set1_epi32(address.loadUnaligned(as: Int32.self)) }

    /// For each of 16 channels, its bytes of four neighbouring pixels.
    ///
    /// A transposition of 4 × 16 bytes: first of groups of four between the pixels, then within each group.
    @inline(__always)
    init(pixels address: UnsafePointer<UInt8>) {
        let bytes = UnsafeRawPointer(address).loadUnaligned(as: Values.self)
        self = _mm512_shuffle_epi8(
            _mm512_permutexvar_epi32(cintrinsics_unknown(groupsOfPixels), bytes), cintrinsics_unknown(bytesOfGroups))
    }
}

/// From each of four pixels the first four channels, then from each the next.
@inline(__always)
private var groupsOfPixels: Values {
    unsafeBitCast(SIMD16<Int32>(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), to: Values.self)
}

/// Within 16 bytes, the first of each four, then the second of each.
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
