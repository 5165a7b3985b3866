// From exact sums to bytes. See ChannelParameters, which also says why this is what the reference kernels do.

import KernelInterface

/// The parameters of the channels from some block on.
///
/// Where each lies in ``ChannelParameters`` is written down here, so that every load is at a constant offset.
struct Channels {
    /// The parameters of a block.
    let block: UnsafePointer<ChannelParameters>
    /// The vector in it.
    let vector: Int

    /// Channels in a block.
    @inline(__always) static var count: Int { 16 }
    /// Vectors in a block.
    @inline(__always) static var vectors: Int { count / Sums.scalarCount }

    @inline(__always)
    init(block: UnsafePointer<ChannelParameters>, vector: Int = 0) {
        self.block = block
        self.vector = vector
    }

    /// The parameters of the channels some blocks further on.
    @inline(__always)
    func advanced(by blocks: Int) -> Channels { Channels(block: block + blocks) }

    /// The parameters for vector `index` of a group of pixels.
    @inline(__always)
    func part(_ index: Int) -> Channels { Channels(block: block, vector: index % Self.vectors) }

    @inline(__always)
    private func sums(_ offset: Int) -> Sums {
        (UnsafeRawPointer(block) + offset + vector * MemoryLayout<Sums>.size).loadUnaligned(as: Sums.self)
    }

    @inline(__always) var bias: Sums { sums(0) }
    @inline(__always) var multiplier: Sums { sums(64) }
    /// The multipliers of odd channels, each in the place of the even one before it.
    @inline(__always) var oddMultiplier: Sums { sums(128) }
    @inline(__always) var rounding: UnsafeRawPointer {
        UnsafeRawPointer(block) + 192 + 2 * vector * MemoryLayout<Sums>.size
    }
    @inline(__always) var rectifiedShift: Sums { sums(320) }
    @inline(__always) var offset: Sums { sums(384) }
    @inline(__always) var rightShift: Sums { sums(448) }
    @inline(__always) var leftShift: Sums { sums(512) }
    @inline(__always) var half: Sums { sums(576) }
    @inline(__always) var signMask: Sums { sums(640) }
    @inline(__always) var zeroPoint: Sums { sums(704) }
}

/// The least and the greatest byte that an activation lets through.
struct Bounds {
    let low: UInt8
    let high: UInt8
}

/// A way to round.
protocol Rounding {
    /// The bytes that sums become, not yet clamped.
    static func rounded(_ sums: Sums, _ channels: Channels) -> Sums
}

/// The short form, where no negative result survives.
enum Rectified: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels) -> Sums {
        sums.high(times: channels.multiplier, odd: channels.oddMultiplier, plus: channels.rounding)
            .shiftedRight(by: channels.rectifiedShift)
    }
}

/// The form for sums that are small enough to be doubled.
enum Moderate: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels) -> Sums {
        let high = (sums &+ sums).highRounded(times: channels.multiplier, odd: channels.oddMultiplier)
        return (high &+ sums.signs &+ channels.offset).shiftedRight(by: channels.rightShift)
    }
}

/// The form that always serves.
enum TwiceRounded: Rounding {
    @inline(__always)
    static func rounded(_ sums: Sums, _ channels: Channels) -> Sums {
        scaled(sums, channels) &+ channels.zeroPoint
    }

    /// Without the zero point.
    @inline(__always)
    static func scaled(_ sums: Sums, _ channels: Channels) -> Sums {
        let high = sums.shiftedLeft(by: channels.leftShift)
            .doubledHighRounded(times: channels.multiplier, odd: channels.oddMultiplier)
        return (high &+ (high.signs & channels.signMask) &+ channels.half).shiftedRight(by: channels.rightShift)
    }
}
