// Vectors of sums for AVX-512 (F, VL, BW, DQ): one vector for a whole block of 16 channels.

import CIntrinsics
import KernelInterface

/// Sums of 16 channels.
typealias Sums = SIMD16<Int32>
/// Float32 values for 16 sums.
typealias Floats = SIMD16<Float>
/// Groups of neighbouring inputs for 16 sums.
typealias Values = SIMD8<Int64>

extension Sums {
    @inline(__always)
    var bits: Values { unsafeBitCast(self, to: Values.self) }

    @inline(__always)
    init(bits: Values) { self = unsafeBitCast(bits, to: Sums.self) }

    /// Loads 16 uint8 values.
    @inline(__always)
    init(bytes: UnsafePointer<UInt8>) {
        self.init(bits: _mm512_cvtepu8_epi32(UnsafeRawPointer(bytes).loadUnaligned(as: SIMD2<Int64>.self)))
    }

    /// Returns the high 32 bits of the 64-bit values `self · factor + addend`.
    ///
    /// - Parameters:
    ///   - factor: the factors; only those of even channels are used.
    ///   - odd: the factors of odd channels, each at the index of the even channel before it.
    ///   - summands: the 64-bit addends of the even channels, then those of the odd channels.
    @inline(__always)
    func high(times factor: Sums, odd: Sums, plus summands: UnsafeRawPointer) -> Sums {
        let (even, other) = products(factor, odd)
        return Sums(
            evenHigh: _mm512_add_epi64(even, summands.loadUnaligned(as: Values.self)),
            oddHigh: _mm512_add_epi64(other, (summands + 64).loadUnaligned(as: Values.self)))
    }

    /// Returns `⌊(self · factor + 2³¹) / 2³²⌋`.
    @inline(__always)
    func highRounded(times factor: Sums, odd: Sums) -> Sums {
        let half = _mm512_set1_epi64(1 << 31)
        let (even, other) = products(factor, odd)
        return Sums(evenHigh: _mm512_add_epi64(even, half), oddHigh: _mm512_add_epi64(other, half))
    }

    /// Returns `⌊(self · factor + 2³⁰) / 2³¹⌋`.
    @inline(__always)
    func doubledHighRounded(times factor: Sums, odd: Sums) -> Sums {
        let half = _mm512_set1_epi64(1 << 30)
        let (even, other) = products(factor, odd)
        return Sums(
            evenHigh: _mm512_slli_epi64(_mm512_add_epi64(even, half), 1),
            oddHigh: _mm512_slli_epi64(_mm512_add_epi64(other, half), 1))
    }

    /// Returns the 64-bit products of even channels, and those of odd channels.
    @inline(__always)
    private func products(_ factor: Sums, _ odd: Sums) -> (even: Values, odd: Values) {
        (_mm512_mul_epi32(bits, factor.bits), _mm512_mul_epi32(_mm512_srli_epi64(bits, 32), odd.bits))
    }

    /// Interleaves the high 32 bits of both.
    @inline(__always)
    private init(evenHigh: Values, oddHigh: Values) {
        self.init(bits: _mm512_mask_mov_epi32(oddHigh, 0x5555, _mm512_srli_epi64(evenHigh, 32)))
    }

    /// −1 where a sum is negative, else 0.
    @inline(__always)
    var signs: Sums { Sums(bits: _mm512_srai_epi32(bits, 31)) }

    @inline(__always)
    func shiftedLeft(by counts: Sums) -> Sums { Sums(bits: _mm512_sllv_epi32(bits, counts.bits)) }

    @inline(__always)
    func shiftedRight(by counts: Sums) -> Sums { Sums(bits: _mm512_srav_epi32(bits, counts.bits)) }

    /// Packs four vectors to uint8, one after the other. Values out of range saturate.
    @inline(__always)
    static func packed(_ a: Sums, _ b: Sums, _ c: Sums, _ d: Sums) -> Values {
        let words = (_mm512_packs_epi32(a.bits, b.bits), _mm512_packs_epi32(c.bits, d.bits))
        // The instruction packs each quarter of the vector separately: each has four channels of all four vectors.
        let order = SIMD16<Int32>(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)
        return _mm512_permutexvar_epi32(unsafeBitCast(order, to: Values.self), _mm512_packus_epi16(words.0, words.1))
    }
}

extension Floats {
    @inline(__always)
    init(converting sums: Sums) { self = _mm512_cvtepi32_ps(sums.bits) }

    /// Rounds half to even.
    @inline(__always)
    var rounded: Sums { Sums(bits: _mm512_cvtps_epi32(self)) }
}

extension Values {
    /// Returns all uint8 values, clamped to the bounds.
    @inline(__always)
    func clamped(_ bounds: Bounds) -> Values {
        _mm512_min_epu8(
            _mm512_max_epu8(self, _mm512_set1_epi8(Int8(bitPattern: bounds.low))),
            _mm512_set1_epi8(Int8(bitPattern: bounds.high)))
    }

    /// Stores the 16 channels of one of four pixels.
    @inline(__always)
    func store(pixel: Int, to place: UnsafeMutablePointer<UInt8>) {
        _mm512_mask_storeu_epi8(place - 16 * pixel, 0xFFFF << UInt64(16 * pixel), self)
    }
}

/// Applies a lookup table to `count` uint8 values, a multiple of 16.
///
/// The table is split to 16 parts of 16 values. The high half of a value selects the part.
@inline(__always)
func lookUp(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, count: Int, _ table: UnsafePointer<UInt8>
) {
    var at = 0
    while at < count {
        let bytes = UnsafeRawPointer(input + at).loadUnaligned(as: Values.self)
        let upper = _mm512_and_si512(bytes, _mm512_set1_epi8(-16))
        let lower = _mm512_and_si512(bytes, _mm512_set1_epi8(15))
        var result = bytes
        for part in 0..<16 {
            let values = UnsafeRawPointer(table + 16 * part).loadUnaligned(as: SIMD2<Int64>.self)
            let distance = _mm512_xor_si512(upper, _mm512_set1_epi8(Int8(truncatingIfNeeded: 16 * part)))
            let isPart = _mm512_testn_epi8_mask(distance, distance)
            result = _mm512_mask_shuffle_epi8(result, isPart, _mm512_broadcast_i32x4(values), lower)
        }
        let left = count - at
        _mm512_mask_storeu_epi8(output + at, left >= 64 ? ~0 : (1 << UInt64(left)) &- 1, result)
        at += 64
    }
}
