// What the integer loops are made of on a CPU with AVX-512 VNNI: four bytes are multiplied and added at once.

import CIntrinsics

/// Values that go into each sum at a time.
enum Group: GroupSize {
    @inline(__always) static var count: Int { 4 }
}

typealias IntegerPanelRow = IntegerBeside<Sums, Sums>
typealias IntegerTallTile<Row: IntegerTile> = IntegerRows14<Row>
typealias IntegerHalfTile<Row: IntegerTile> = IntegerRows7<Row>
typealias DepthwiseTallTile<Part: DepthwiseTile> = Depthwise7<Part>

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
        self = _mm512_shuffle_epi8(_mm512_permutexvar_epi32(groupsOfPixels, bytes), bytesOfGroups)
    }
}

/// From each of four pixels the first four channels, then from each the next.
private let groupsOfPixels = unsafeBitCast(
    SIMD16<Int32>(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), to: Values.self)

/// Within 16 bytes, the first of each four, then the second of each.
private let bytesOfGroups = unsafeBitCast(
    SIMD4<Int32>(0x0C08_0400, 0x0D09_0501, 0x0E0A_0602, 0x0F0B_0703), to: SIMD2<Int64>.self).fourTimes

extension SIMD2<Int64> {
    @inline(__always)
    fileprivate var fourTimes: Values { Values(x, y, x, y, x, y, x, y) }
}

extension Sums {
    @inline(__always)
    mutating func add(_ values: Values, times weights: UnsafeRawPointer) {
        self = Sums(bits: _mm512_dpbusd_epi32(bits, values, weights.loadUnaligned(as: Values.self)))
    }
}
