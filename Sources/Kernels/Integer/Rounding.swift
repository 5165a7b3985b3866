// From exact sums to bytes. See ChannelParameters, which also says why this is what the reference kernels do.

import KernelInterface

/// The parameters of a block of channels, and of those behind it.
///
/// A pointer and no type of its own, so that no helper for such a type is emitted (see Tile.swift). Where each
/// parameter lies in ``ChannelParameters`` is written down here, so that every load is at a constant offset.
typealias Channels = UnsafePointer<ChannelParameters>

/// A block of channels.
enum Block {
    /// Channels in it.
    @inline(__always) static var channels: Int { 16 }
    /// Vectors of sums in it.
    @inline(__always) static var vectors: Int { channels / Sums.scalarCount }
    /// Bytes of the sums of all its channels, and so of a group of weights for each of them.
    @inline(__always) static var sumBytes: Int { 64 }
}

extension Channels {
    /// A vector of 32-bit numbers, for vector `index` of a group of pixels.
    @inline(__always)
    private func sums(_ offset: Int, _ index: Int) -> Sums {
        (UnsafeRawPointer(self) + offset + index % Block.vectors * MemoryLayout<Sums>.size)
            .loadUnaligned(as: Sums.self)
    }

    @inline(__always) func bias(_ index: Int) -> Sums { sums(0, index) }
    @inline(__always) func multiplier(_ index: Int) -> Sums { sums(64, index) }
    /// The multipliers of odd channels, each in the place of the even one before it.
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
}

/// The least and the greatest byte that an activation lets through.
typealias Bounds = SIMD2<UInt8>

extension Bounds {
    @inline(__always)
    init(low: UInt8, high: UInt8) { self.init(low, high) }

    @inline(__always) var low: UInt8 { x }
    @inline(__always) var high: UInt8 { y }
}

/// A way to round.
protocol Rounding {
    /// The bytes that sums become, not yet clamped.
    ///
    /// - Parameter index: which vector of a group of pixels they are.
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums
}

/// The short form, where no negative result survives.
enum Rectified: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        sums.high(times: channels.multiplier(index), odd: channels.oddMultiplier(index), plus: channels.rounding(index))
            .shiftedRight(by: channels.rectifiedShift(index))
    }
}

/// The form for sums that are small enough to be doubled.
enum Moderate: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        let high = (sums &+ sums).highRounded(times: channels.multiplier(index), odd: channels.oddMultiplier(index))
        return (high &+ sums.signs &+ channels.offset(index)).shiftedRight(by: channels.rightShift(index))
    }
}

/// The form that always serves.
enum TwiceRounded: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        scaled(sums, channels, index) &+ channels.zeroPoint(index)
    }

    /// Without the zero point.
    @inline(__always)
    static func scaled(_ sums: Sums, _ channels: Channels, _ index: Int) -> Sums {
        let high = sums.shiftedLeft(by: channels.leftShift(index))
            .doubledHighRounded(times: channels.multiplier(index), odd: channels.oddMultiplier(index))
        return (high &+ (high.signs & channels.signMask(index)) &+ channels.half(index)).shiftedRight(
            by: channels.rightShift(index))
    }
}
