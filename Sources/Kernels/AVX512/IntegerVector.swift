// Sums on a CPU with AVX-512 (F, VL, BW, DQ): a vector for a whole block of 16 channels.

import CIntrinsics
import KernelInterface

/// The sums of 16 channels.
typealias Sums = SIMD16<Int32>
/// For each of 16 sums, a group of neighbouring inputs.
typealias Values = SIMD8<Int64>

extension Sums {
    @inline(__always)
    var bits: Values { unsafeBitCast(self, to: Values.self) }

    @inline(__always)
    init(bits: Values) { self = unsafeBitCast(bits, to: Sums.self) }

    /// 16 bytes.
    @inline(__always)
    init(bytes: UnsafePointer<UInt8>) {
        self.init(bits: _mm512_cvtepu8_epi32(UnsafeRawPointer(bytes).loadUnaligned(as: SIMD2<Int64>.self)))
    }

    /// The upper halves of `self · factor + summand`, in 64 bits each.
    ///
    /// - Parameter summands: those of the even channels, then those of the odd ones.
    @inline(__always)
    func high(times factor: Sums, plus summands: UnsafeRawPointer) -> Sums {
        let even = _mm512_add_epi64(_mm512_mul_epi32(bits, factor.bits), summands.loadUnaligned(as: Values.self))
        let odd = _mm512_add_epi64(
            _mm512_mul_epi32(_mm512_srli_epi64(bits, 32), _mm512_srli_epi64(factor.bits, 32)),
            (summands + 64).loadUnaligned(as: Values.self))
        return Sums(bits: _mm512_mask_mov_epi32(odd, 0x5555, _mm512_srli_epi64(even, 32)))
    }

    /// `⌊(self · factor + 2³⁰) / 2³¹⌋`.
    @inline(__always)
    func roundedHigh(times factor: Sums) -> Sums {
        let half = _mm512_set1_epi64(1 << 30)
        let even = _mm512_add_epi64(_mm512_mul_epi32(bits, factor.bits), half)
        let odd = _mm512_add_epi64(
            _mm512_mul_epi32(_mm512_srli_epi64(bits, 32), _mm512_srli_epi64(factor.bits, 32)), half)
        return Sums(bits: _mm512_mask_mov_epi32(_mm512_slli_epi64(odd, 1), 0x5555, _mm512_srli_epi64(even, 31)))
    }

    @inline(__always)
    func shiftedLeft(by counts: Sums) -> Sums { Sums(bits: _mm512_sllv_epi32(bits, counts.bits)) }

    @inline(__always)
    func shiftedRight(by counts: Sums) -> Sums { Sums(bits: _mm512_srav_epi32(bits, counts.bits)) }

    @inline(__always)
    func clamped(from low: Int32, to high: Int32) -> Sums {
        Sums(
            bits: _mm512_min_epi32(_mm512_max_epi32(bits, _mm512_set1_epi32(low)), _mm512_set1_epi32(high)))
    }

    /// Stores what lies in 0...255 already.
    @inline(__always)
    func storeBytes(to bytes: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(bytes).storeBytes(of: _mm512_cvtepi32_epi8(bits), as: SIMD2<Int64>.self)
    }
}
