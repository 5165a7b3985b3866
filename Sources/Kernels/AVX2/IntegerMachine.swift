// What the integer loops are made of on a CPU with AVX2: vectors of 8 sums, and pairs of 16-bit numbers are
// multiplied and added.

import CIntrinsics

/// The sums of 8 channels, half of a block.
typealias Sums = SIMD8<Int32>
/// For each of 8 sums, a pair of neighbouring inputs.
typealias Values = SIMD4<Int64>

/// Values that go into each sum at a time.
enum Group: GroupSize {
    @inline(__always) static var count: Int { 2 }
}

typealias IntegerPanelRow = IntegerBeside<Sums, Sums>
typealias IntegerTallTile<Row: IntegerTile> = IntegerRows6<Row>
typealias IntegerHalfTile<Row: IntegerTile> = IntegerRows4<Row>
typealias DepthwiseTallTile<Part: DepthwiseTile> = Depthwise4<Part>

extension Values {
    /// The group of 16-bit numbers at `address`, for every sum.
    @inline(__always)
    init(group address: UnsafeRawPointer) { self = _mm256_set1_epi32(address.loadUnaligned(as: Int32.self)) }

    /// For each of 8 channels, its bytes of two neighbouring pixels.
    @inline(__always)
    init(pixels address: UnsafePointer<UInt8>) {
        let first = SIMD2<Int64>(UnsafeRawPointer(address).loadUnaligned(as: Int64.self), 0)
        let second = SIMD2<Int64>(UnsafeRawPointer(address + 16).loadUnaligned(as: Int64.self), 0)
        self = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second))
    }
}

extension Sums {
    @inline(__always)
    var bits: Values { unsafeBitCast(self, to: Values.self) }

    @inline(__always)
    init(bits: Values) { self = unsafeBitCast(bits, to: Sums.self) }

    @inline(__always)
    mutating func add(_ values: Values, times weights: UnsafeRawPointer) {
        self &+= Sums(bits: _mm256_madd_epi16(values, weights.loadUnaligned(as: Values.self)))
    }

    /// 8 bytes.
    @inline(__always)
    init(bytes: UnsafePointer<UInt8>) {
        self.init(bits: _mm256_cvtepu8_epi32(SIMD2<Int64>(UnsafeRawPointer(bytes).loadUnaligned(as: Int64.self), 0)))
    }

    /// The upper halves of `self · factor + summand`, in 64 bits each.
    ///
    /// - Parameter summands: those of the even channels, then those of the odd ones.
    @inline(__always)
    func high(times factor: Sums, plus summands: UnsafeRawPointer) -> Sums {
        let even = _mm256_add_epi64(_mm256_mul_epi32(bits, factor.bits), summands.loadUnaligned(as: Values.self))
        let odd = _mm256_add_epi64(
            _mm256_mul_epi32(_mm256_srli_epi64(bits, 32), _mm256_srli_epi64(factor.bits, 32)),
            (summands + 32).loadUnaligned(as: Values.self))
        return Sums(bits: _mm256_blendv_epi8(_mm256_srli_epi64(even, 32), odd, oddChannels))
    }

    /// `⌊(self · factor + 2³⁰) / 2³¹⌋`.
    @inline(__always)
    func roundedHigh(times factor: Sums) -> Sums {
        let half = _mm256_set1_epi64x(1 << 30)
        let even = _mm256_add_epi64(_mm256_mul_epi32(bits, factor.bits), half)
        let odd = _mm256_add_epi64(
            _mm256_mul_epi32(_mm256_srli_epi64(bits, 32), _mm256_srli_epi64(factor.bits, 32)), half)
        return Sums(bits: _mm256_blendv_epi8(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), oddChannels))
    }

    @inline(__always)
    private var oddChannels: Values { Values(repeating: -1 << 32) }

    @inline(__always)
    func shiftedLeft(by counts: Sums) -> Sums { Sums(bits: _mm256_sllv_epi32(bits, counts.bits)) }

    @inline(__always)
    func shiftedRight(by counts: Sums) -> Sums { Sums(bits: _mm256_srav_epi32(bits, counts.bits)) }

    @inline(__always)
    func clamped(from low: Int32, to high: Int32) -> Sums {
        Sums(
            bits: _mm256_min_epi32(_mm256_max_epi32(bits, _mm256_set1_epi32(low)), _mm256_set1_epi32(high)))
    }

    /// Stores what lies in 0...255 already.
    @inline(__always)
    func storeBytes(to bytes: UnsafeMutablePointer<UInt8>) {
        // Both halves of the vector are packed by themselves, so what belongs together is 16 bytes apart.
        let words = _mm256_packus_epi32(bits, bits)
        let packed = unsafeBitCast(_mm256_packus_epi16(words, words), to: SIMD8<Int32>.self)
        UnsafeMutableRawPointer(bytes).storeBytes(of: SIMD2<Int32>(packed[0], packed[4]), as: SIMD2<Int32>.self)
    }
}
