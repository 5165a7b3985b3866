// Requantization from int32 sums to uint8. See ChannelParameters for the proof that it equals the reference kernels.

import KernelInterface

/// Requantization parameters of a block of channels and the blocks behind it.
///
/// It is a pointer: for a type of its own, the compiler would emit shared helpers (see Tile.swift). The accessors below
/// repeat the layout of ``ChannelParameters``, so that every load has a constant offset.
typealias Channels = UnsafePointer<ChannelParameters>

/// Sizes of a block of channels.
enum Block {
    /// Number of channels.
    @inline(__always) static var channels: Int { 16 }
    /// Number of vectors of sums.
    @inline(__always) static var vectors: Int { channels / Sums.scalarCount }
    /// Bytes of the sums of all channels, and of a group of weights for each channel.
    @inline(__always) static var sumBytes: Int { 64 }
}

extension Channels {
    /// Loads a vector of int32 parameters for vector `index` of a group of pixels.
    @inline(__always)
    private func sums(_ offset: Int, _ index: Int) -> Sums {
        (UnsafeRawPointer(self) + offset + index % Block.vectors * MemoryLayout<Sums>.size)
            .loadUnaligned(as: Sums.self)
    }

    @inline(__always) func bias(_ index: Int) -> Sums { sums(0, index) }
    @inline(__always) func multiplier(_ index: Int) -> Sums { sums(64, index) }
    /// Multipliers of odd channels, each at the index of the even channel before it.
    @inline(__always) func oddMultiplier(_ index: Int) -> Sums { sums(128, index) }
    @inline(__always)
    func rounding(_ index: Int) -> UnsafeRawPointer {
        UnsafeRawPointer(self) + 192 + index % Block.vectors * 2 * MemoryLayout<Sums>.size
    }
    @inline(__always) func rectifiedShift(_ index: Int) -> Sums { sums(320, index) }
    @inline(__always) func offset(_ index: Int) -> Sums { sums(384, index) }
    @inline(__always) func rightShift(_ index: Int) -> Sums { sums(448, index) }
    @inline(__always) func leftShift(_ index: Int) -> Sums { sums(512, index) }
    @inline(__always) func half(_ index: Int) -> Sums { sums(576, index) }
    @inline(__always) func signMask(_ index: Int) -> Sums { sums(640, index) }
    @inline(__always) func zeroPoint(_ index: Int) -> Sums { sums(704, index) }

    /// Loads a vector of float32 parameters for vector `index` of a group of pixels.
    @inline(__always)
    private func floats(_ offset: Int, _ index: Int) -> Floats {
        (UnsafeRawPointer(self) + offset + index % Block.vectors * MemoryLayout<Floats>.size)
            .loadUnaligned(as: Floats.self)
    }

    @inline(__always) func scale(_ index: Int) -> Floats { floats(768, index) }
    @inline(__always) func floatZeroPoint(_ index: Int) -> Floats { floats(832, index) }
    @inline(__always) func functionScale(_ index: Int) -> Floats { floats(896, index) }
}

/// Lower and upper bound of an activation.
typealias Bounds = SIMD2<UInt8>

extension Bounds {
    @inline(__always)
    init(low: UInt8, high: UInt8) { self.init(low, high) }

    @inline(__always) var low: UInt8 { x }
    @inline(__always) var high: UInt8 { y }
}

/// Form of rounding. See ``RoundingMode``.
protocol Rounding {
    /// Returns the requantized sums, not yet clamped.
    ///
    /// - Parameter index: the index of the vector in a group of pixels.
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums
}

/// Short form, for activations without negative results.
enum Rectified: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        sums.high(times: channels.multiplier(index), odd: channels.oddMultiplier(index), plus: channels.rounding(index))
            .shiftedRight(by: channels.rectifiedShift(index))
    }
}

/// Form for sums that can be doubled without overflow.
enum Moderate: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        let high = (sums &+ sums).highRounded(times: channels.multiplier(index), odd: channels.oddMultiplier(index))
        return (high &+ sums.signs &+ channels.offset(index)).shiftedRight(by: channels.rightShift(index))
    }
}

/// General form.
enum TwiceRounded: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        scaled(sums, channels, index) &+ channels.zeroPoint(index)
    }

    /// Returns the rescaled sums without the zero point.
    @inline(__always)
    static func scaled(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        let high = sums.shiftedLeft(by: channels.leftShift(index))
            .doubledHighRounded(times: channels.multiplier(index), odd: channels.oddMultiplier(index))
        return (high &+ (high.signs & channels.signMask(index)) &+ channels.half(index)).shiftedRight(
            by: channels.rightShift(index))
    }
}

/// Form in float32.
enum Scaled: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        (Floats(converting: sums) * channels.scale(index) + channels.floatZeroPoint(index)).rounded
    }
}

/// Form in float32 with hard swish.
enum ScaledHardSwish: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        let value = Floats(converting: sums) * channels.scale(index)
        let raised = (value + 3).replacing(with: Floats(repeating: 0), where: value + 3 .< Floats(repeating: 0))
        let gate = raised.replacing(with: Floats(repeating: 6), where: raised .> Floats(repeating: 6))
        return (value * channels.functionScale(index) * gate + channels.floatZeroPoint(index)).rounded
    }
}
