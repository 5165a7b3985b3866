// Vector operations of the integer loops for any CPU: vectors of 4 sums, and multiply-adds of pairs of 16-bit values.

#if arch(x86_64)
    import CIntrinsics
#endif

/// Sums of 4 channels, a quarter of a block.
typealias Sums = SIMD4<Int32>
/// Float32 values for 4 sums.
typealias Floats = SIMD4<Float>
/// Pairs of neighbouring inputs for 4 sums.
typealias Values = SIMD8<Int16>

/// Number of products that one instruction adds to a sum.
enum Group: GroupSize {
    @inline(__always) static var count: Int { 2 }
}

/// A full panel of weights is one block wide.
typealias IntegerPanel = PixelGroup
/// 3 pixels: 12 sums, and room for the operands.
typealias IntegerTallTile<Row: IntegerTile> = IntegerRows3<Row>
/// 2 outputs.
typealias DepthwiseTallTile = Depthwise2<PixelGroup>
typealias DepthwiseShared = DepthwiseAlone

extension Values {
    /// Broadcasts the group of 16-bit values at `address` to all sums.
    @inline(__always)
    init(group address: UnsafeRawPointer) {
        self = unsafeBitCast(SIMD4<Int32>(repeating: address.loadUnaligned(as: Int32.self)), to: Values.self)
    }

    /// Loads two neighbouring pixels of 4 channels as 16-bit pairs.
    @inline(__always)
    init(pixels address: UnsafePointer<UInt8>) {
        let second = address + 16
        #if arch(x86_64)
            let zero = SIMD2<Int64>(repeating: 0)
            let pairs = _mm_unpacklo_epi8(Self.four(address), Self.four(second))
            self = unsafeBitCast(_mm_unpacklo_epi8(pairs, zero), to: Values.self)
        #else
            self = Values(
                Int16(address[0]), Int16(second[0]), Int16(address[1]), Int16(second[1]),
                Int16(address[2]), Int16(second[2]), Int16(address[3]), Int16(second[3]))
        #endif
    }

    /// Loads 4 bytes, and zeros.
    @inline(__always)
    private static func four(_ address: UnsafePointer<UInt8>) -> SIMD2<Int64> {
        SIMD2(Int64(UnsafeRawPointer(address).loadUnaligned(as: UInt32.self)), 0)
    }
}

extension Floats {
    @inline(__always)
    init(converting sums: Sums) {
        #if arch(x86_64)
            self = _mm_cvtepi32_ps(unsafeBitCast(sums, to: SIMD2<Int64>.self))
        #else
            self.init(Float(sums[0]), Float(sums[1]), Float(sums[2]), Float(sums[3]))
        #endif
    }

    /// Rounds half to even. Values that uint8 saturates anyway may be limited.
    @inline(__always)
    var rounded: Sums {
        #if arch(x86_64)
            return unsafeBitCast(_mm_cvtps_epi32(self), to: Sums.self)
        #else
            // A float of this size has no fraction bits: the addition rounds to an integer, which is then in the low bits.
            let rounding: Float = 12_582_912
            let limit = Floats(repeating: 2_097_152)
            let limited = replacing(with: limit, where: self .> limit).replacing(
                with: 0 - limit, where: self .< 0 - limit)
            return unsafeBitCast(limited + rounding, to: Sums.self) &- Int32(bitPattern: rounding.bitPattern)
        #endif
    }
}

extension Sums {
    @inline(__always)
    mutating func add(_ values: Values, times weights: UnsafeRawPointer) {
        let weights = weights.loadUnaligned(as: Values.self)
        #if arch(x86_64)
            let products = _mm_madd_epi16(
                unsafeBitCast(values, to: SIMD2<Int64>.self), unsafeBitCast(weights, to: SIMD2<Int64>.self))
            self &+= unsafeBitCast(products, to: Sums.self)
        #else
            self &+= Sums(
                Int32(values[0]) * Int32(weights[0]), Int32(values[2]) * Int32(weights[2]),
                Int32(values[4]) * Int32(weights[4]), Int32(values[6]) * Int32(weights[6]))
            self &+= Sums(
                Int32(values[1]) * Int32(weights[1]), Int32(values[3]) * Int32(weights[3]),
                Int32(values[5]) * Int32(weights[5]), Int32(values[7]) * Int32(weights[7]))
        #endif
    }

    /// Loads 4 uint8 values.
    @inline(__always)
    init(bytes: UnsafePointer<UInt8>) {
        self.init(Int32(bytes[0]), Int32(bytes[1]), Int32(bytes[2]), Int32(bytes[3]))
    }

    /// Returns the high 32 bits of the 64-bit values `self · factor + addend`.
    ///
    /// - Parameters:
    ///   - factor: the factors; only those of even channels are used.
    ///   - odd: the factors of odd channels, each at the index of the even channel before it.
    ///   - summands: the 64-bit addends of the even channels, then those of the odd channels.
    @inline(__always)
    func high(times factor: Sums, odd: Sums, plus summands: UnsafeRawPointer) -> Sums {
        let summands = summands.loadUnaligned(as: SIMD4<Int64>.self)
        return Sums(
            upper(0, factor, summands[0], 32), upper(1, factor, summands[2], 32),
            upper(2, factor, summands[1], 32), upper(3, factor, summands[3], 32))
    }

    /// Returns `⌊(self · factor + 2³¹) / 2³²⌋`.
    @inline(__always)
    func highRounded(times factor: Sums, odd: Sums) -> Sums { upper(factor, 1 << 31, 32) }

    /// Returns `⌊(self · factor + 2³⁰) / 2³¹⌋`.
    @inline(__always)
    func doubledHighRounded(times factor: Sums, odd: Sums) -> Sums { upper(factor, 1 << 30, 31) }

    @inline(__always)
    private func upper(_ factor: Sums, _ summand: Int64, _ shift: Int64) -> Sums {
        Sums(
            upper(0, factor, summand, shift), upper(1, factor, summand, shift),
            upper(2, factor, summand, shift), upper(3, factor, summand, shift))
    }

    @inline(__always)
    private func upper(_ channel: Int, _ factor: Sums, _ summand: Int64, _ shift: Int64) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(self[channel]) &* Int64(factor[channel]) &+ summand) &>> shift)
    }

    /// −1 where a sum is negative, else 0.
    @inline(__always)
    var signs: Sums { self &>> Sums(repeating: 31) }

    @inline(__always)
    func shiftedLeft(by counts: Sums) -> Sums { self &<< counts }

    @inline(__always)
    func shiftedRight(by counts: Sums) -> Sums { self &>> counts }

    /// Packs four vectors to uint8, one after the other. Values out of range saturate.
    @inline(__always)
    static func packed(_ a: Sums, _ b: Sums, _ c: Sums, _ d: Sums) -> Values {
        #if arch(x86_64)
            let words = (_mm_packs_epi32(a.bits, b.bits), _mm_packs_epi32(c.bits, d.bits))
            return unsafeBitCast(_mm_packus_epi16(words.0, words.1), to: Values.self)
        #else
            let (a, b, c, d) = (a.saturated, b.saturated, c.saturated, d.saturated)
            let bytes = SIMD16<UInt8>(
                a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3], c[0], c[1], c[2], c[3], d[0], d[1], d[2], d[3])
            return unsafeBitCast(bytes, to: Values.self)
        #endif
    }

    @inline(__always)
    private var bits: SIMD2<Int64> { unsafeBitCast(self, to: SIMD2<Int64>.self) }

    @inline(__always)
    private var saturated: SIMD4<UInt8> {
        let raised = replacing(with: 0, where: self .< 0)
        let lowered = raised.replacing(with: 255, where: raised .> 255)
        return SIMD4<UInt8>(
            UInt8(truncatingIfNeeded: lowered[0]), UInt8(truncatingIfNeeded: lowered[1]),
            UInt8(truncatingIfNeeded: lowered[2]), UInt8(truncatingIfNeeded: lowered[3]))
    }
}

extension Values {
    /// Returns all uint8 values, clamped to the bounds.
    @inline(__always)
    func clamped(_ bounds: Bounds) -> Values {
        #if arch(x86_64)
            let bytes = unsafeBitCast(self, to: SIMD2<Int64>.self)
            let raised = _mm_max_epu8(bytes, _mm_set1_epi8(Int8(bitPattern: bounds.low)))
            return unsafeBitCast(_mm_min_epu8(raised, _mm_set1_epi8(Int8(bitPattern: bounds.high))), to: Values.self)
        #else
            let bytes = unsafeBitCast(self, to: SIMD16<UInt8>.self)
            let low = SIMD16<UInt8>(repeating: bounds.low)
            let high = SIMD16<UInt8>(repeating: bounds.high)
            let raised = bytes.replacing(with: low, where: bytes .< low)
            return unsafeBitCast(raised.replacing(with: high, where: raised .> high), to: Values.self)
        #endif
    }

    /// Stores the 16 channels of a pixel.
    @inline(__always)
    func store(pixel: Int, to place: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(place).storeBytes(of: self, as: Values.self)
    }
}

/// Applies a lookup table to `count` uint8 values.
@inline(__always)
func lookUp(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, count: Int, _ table: UnsafePointer<UInt8>
) {
    for at in 0..<count { output[at] = table[Int(input[at])] }
}
