// What the integer loops are made of when nothing is known of the CPU: vectors of 4 sums, and pairs of 16-bit
// numbers are multiplied and added.

#if arch(x86_64)
    import CIntrinsics
#endif

/// The sums of 4 channels, a quarter of a block.
typealias Sums = SIMD4<Int32>
/// For each of 4 sums, a pair of neighbouring inputs.
typealias Values = SIMD8<Int16>

/// Values that go into each sum at a time.
enum Group: GroupSize {
    @inline(__always) static var count: Int { 2 }
}

typealias IntegerPanelRow = IntegerBeside<Sums, Sums>
typealias IntegerTallTile<Row: IntegerTile> = IntegerRows4<Row>
typealias IntegerHalfTile<Row: IntegerTile> = IntegerRows2<Row>
typealias DepthwiseTallTile<Part: DepthwiseTile> = Depthwise2<Part>

extension Values {
    /// The group of 16-bit numbers at `address`, for every sum.
    @inline(__always)
    init(group address: UnsafeRawPointer) {
        self = unsafeBitCast(SIMD4<Int32>(repeating: address.loadUnaligned(as: Int32.self)), to: Values.self)
    }

    /// For each of 4 channels, its bytes of two neighbouring pixels.
    @inline(__always)
    init(pixels address: UnsafePointer<UInt8>) {
        let second = address + 16
        self = Values(
            Int16(address[0]), Int16(second[0]), Int16(address[1]), Int16(second[1]),
            Int16(address[2]), Int16(second[2]), Int16(address[3]), Int16(second[3]))
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

    /// 4 bytes.
    @inline(__always)
    init(bytes: UnsafePointer<UInt8>) {
        self.init(Int32(bytes[0]), Int32(bytes[1]), Int32(bytes[2]), Int32(bytes[3]))
    }

    /// The upper halves of `self · factor + summand`, in 64 bits each.
    ///
    /// - Parameter summands: those of the even channels, then those of the odd ones.
    @inline(__always)
    func high(times factor: Sums, plus summands: UnsafeRawPointer) -> Sums {
        let summands = summands.loadUnaligned(as: SIMD4<Int64>.self)
        return Sums(
            upper(0, factor, summands[0]), upper(1, factor, summands[2]),
            upper(2, factor, summands[1]), upper(3, factor, summands[3]))
    }

    @inline(__always)
    private func upper(_ channel: Int, _ factor: Sums, _ summand: Int64) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(self[channel]) * Int64(factor[channel]) &+ summand) >> 32)
    }

    /// `⌊(self · factor + 2³⁰) / 2³¹⌋`.
    @inline(__always)
    func roundedHigh(times factor: Sums) -> Sums {
        Sums(rounded(0, factor), rounded(1, factor), rounded(2, factor), rounded(3, factor))
    }

    @inline(__always)
    private func rounded(_ channel: Int, _ factor: Sums) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(self[channel]) * Int64(factor[channel]) &+ (1 << 30)) >> 31)
    }

    @inline(__always)
    func shiftedLeft(by counts: Sums) -> Sums { self &<< counts }

    @inline(__always)
    func shiftedRight(by counts: Sums) -> Sums { self &>> counts }

    @inline(__always)
    func clamped(from low: Int32, to high: Int32) -> Sums {
        let low = Sums(repeating: low)
        let high = Sums(repeating: high)
        let raised = replacing(with: low, where: self .< low)
        return raised.replacing(with: high, where: raised .> high)
    }

    /// Stores what lies in 0...255 already.
    @inline(__always)
    func storeBytes(to bytes: UnsafeMutablePointer<UInt8>) {
        for channel in 0..<4 { bytes[channel] = UInt8(truncatingIfNeeded: self[channel]) }
    }
}
