// Vector operations of the integer loops for AVX2: vectors of 8 sums, and multiply-adds of pairs of 16-bit values.

import CIntrinsics

/// Sums of 8 channels, half of a block.
typealias Sums = SIMD8<Int32>
/// Float32 values for 8 sums.
typealias Floats = SIMD8<Float>
/// Pairs of neighbouring inputs for 8 sums.
typealias Values = SIMD4<Int64>

/// Number of products that one instruction adds to a sum.
enum Group: GroupSize {
    @inline(__always) static var count: Int { 2 }
}

/// A full panel of weights is one block wide.
typealias IntegerPanel = PixelGroup
/// 6 pixels: 12 sums, and room for the operands.
typealias IntegerTallTile<Row: IntegerTile> = IntegerRows3<Row>
/// 4 outputs.
typealias DepthwiseTallTile = Depthwise2<PixelGroup>
typealias DepthwiseShared = DepthwisePair

extension Values {
    /// Broadcasts the group of 16-bit values at `address` to all sums.
    @inline(__always)
    init(group address: UnsafeRawPointer) { self = _mm256_set1_epi32(address.loadUnaligned(as: Int32.self)) }

    /// Loads two neighbouring pixels of 8 channels as 16-bit pairs.
    @inline(__always)
    init(pixels address: UnsafePointer<UInt8>) {
        let first = SIMD2<Int64>(UnsafeRawPointer(address).loadUnaligned(as: Int64.self), 0)
        let second = SIMD2<Int64>(UnsafeRawPointer(address + 16).loadUnaligned(as: Int64.self), 0)
        self = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second))
    }
}

extension Floats {
    @inline(__always)
    init(converting sums: Sums) { self = _mm256_cvtepi32_ps(sums.bits) }

    /// Rounds half to even.
    @inline(__always)
    var rounded: Sums { Sums(bits: _mm256_cvtps_epi32(self)) }
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

    /// Loads 8 uint8 values.
    @inline(__always)
    init(bytes: UnsafePointer<UInt8>) {
        self.init(bits: _mm256_cvtepu8_epi32(SIMD2<Int64>(UnsafeRawPointer(bytes).loadUnaligned(as: Int64.self), 0)))
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
            evenHigh: _mm256_add_epi64(even, summands.loadUnaligned(as: Values.self)),
            oddHigh: _mm256_add_epi64(other, (summands + 32).loadUnaligned(as: Values.self)))
    }

    /// Returns `⌊(self · factor + 2³¹) / 2³²⌋`.
    @inline(__always)
    func highRounded(times factor: Sums, odd: Sums) -> Sums {
        let half = _mm256_set1_epi64x(1 << 31)
        let (even, other) = products(factor, odd)
        return Sums(evenHigh: _mm256_add_epi64(even, half), oddHigh: _mm256_add_epi64(other, half))
    }

    /// Returns `⌊(self · factor + 2³⁰) / 2³¹⌋`.
    @inline(__always)
    func doubledHighRounded(times factor: Sums, odd: Sums) -> Sums {
        let half = _mm256_set1_epi64x(1 << 30)
        let (even, other) = products(factor, odd)
        return Sums(
            evenHigh: _mm256_slli_epi64(_mm256_add_epi64(even, half), 1),
            oddHigh: _mm256_slli_epi64(_mm256_add_epi64(other, half), 1))
    }

    /// Returns the 64-bit products of even channels, and those of odd channels.
    @inline(__always)
    private func products(_ factor: Sums, _ odd: Sums) -> (even: Values, odd: Values) {
        (_mm256_mul_epi32(bits, factor.bits), _mm256_mul_epi32(_mm256_srli_epi64(bits, 32), odd.bits))
    }

    /// Interleaves the high 32 bits of both.
    @inline(__always)
    private init(evenHigh: Values, oddHigh: Values) {
        self.init(bits: _mm256_blendv_epi8(_mm256_srli_epi64(evenHigh, 32), oddHigh, Values(repeating: -1 << 32)))
    }

    /// −1 where a sum is negative, else 0.
    @inline(__always)
    var signs: Sums { Sums(bits: _mm256_srai_epi32(bits, 31)) }

    @inline(__always)
    func shiftedLeft(by counts: Sums) -> Sums { Sums(bits: _mm256_sllv_epi32(bits, counts.bits)) }

    @inline(__always)
    func shiftedRight(by counts: Sums) -> Sums { Sums(bits: _mm256_srav_epi32(bits, counts.bits)) }

    /// Packs four vectors to uint8, one after the other. Values out of range saturate.
    @inline(__always)
    static func packed(_ a: Sums, _ b: Sums, _ c: Sums, _ d: Sums) -> Values {
        let words = (_mm256_packs_epi32(a.bits, b.bits), _mm256_packs_epi32(c.bits, d.bits))
        // The instruction packs each half of the vector separately: each has four channels of all four vectors.
        let order = SIMD8<Int32>(0, 4, 1, 5, 2, 6, 3, 7)
        return _mm256_permutevar8x32_epi32(
            _mm256_packus_epi16(words.0, words.1), unsafeBitCast(order, to: Values.self))
    }
}

extension Values {
    /// Returns all uint8 values, clamped to the bounds.
    @inline(__always)
    func clamped(_ bounds: Bounds) -> Values {
        _mm256_min_epu8(
            _mm256_max_epu8(self, _mm256_set1_epi8(Int8(bitPattern: bounds.low))),
            _mm256_set1_epi8(Int8(bitPattern: bounds.high)))
    }

    /// Stores the 16 channels of one of two pixels.
    @inline(__always)
    func store(pixel: Int, to place: UnsafeMutablePointer<UInt8>) {
        let half = pixel == 0 ? SIMD2(self[0], self[1]) : SIMD2(self[2], self[3])
        UnsafeMutableRawPointer(place).storeBytes(of: half, as: SIMD2<Int64>.self)
    }
}

/// Applies a lookup table to `count` uint8 values, a multiple of 16.
///
/// The table is split to 16 parts of 16 values. The high half of a value selects the part. For a value
/// of another part, the saturated sum sets the high bit, so that the shuffle returns zero.
@inline(__always)
func lookUp(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, count: Int, _ table: UnsafePointer<UInt8>
) {
    var at = 0
    while at + 32 <= count {
        let bytes = UnsafeRawPointer(input + at).loadUnaligned(as: Values.self)
        var result = Values(repeating: 0)
        for part in 0..<16 {
            let values = UnsafeRawPointer(table + 16 * part).loadUnaligned(as: SIMD2<Int64>.self)
            let distance = _mm256_xor_si256(bytes, _mm256_set1_epi8(Int8(truncatingIfNeeded: 16 * part)))
            let place = _mm256_adds_epu8(distance, _mm256_set1_epi8(0x70))
            result |= _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(values), place)
        }
        UnsafeMutableRawPointer(output + at).storeBytes(of: result, as: Values.self)
        at += 32
    }
    while at < count {
        output[at] = table[Int(input[at])]
        at += 1
    }
}
