/// Requantization parameters of 16 channels, in the order in which the loops load them.
///
/// A sum x is requantized as in TensorFlow Lite's reference kernels (`MultiplyByQuantizedMultiplier`; Jacob et al.,
/// "Quantization and training of neural networks for efficient integer-arithmetic-only inference", 2018, section 2.2):
/// it is multiplied by m · 2^left / 2³¹ and rounded half up to an integer h; h is shifted right by `right` and rounded
/// half away from zero; the zero point z is added.
///
/// Both roundings are floors of sums, so that
///
///     h = ⌊(x·2^left · m + 2³⁰) / 2³¹⌋,   result = ⌊(h + 2^(right−1) − [h < 0 and right > 0]) / 2^right⌋ + z
///
/// See ``RoundingMode`` for the shorter forms, and for those in float32.
public struct ChannelParameters: BitwiseCopyable {
    /// Initial value of each sum.
    public var bias = SIMD16<Int32>(repeating: 0)
    /// m, in 2³⁰ ..< 2³¹, or 0.
    public var multiplier = SIMD16<Int32>(repeating: 0)
    /// m of the odd channels, each at the index of the even channel before it.
    public var oddMultiplier = SIMD16<Int32>(repeating: 0)
    /// Rectified form: the addend of the product. For each vector of the instruction set, even channels precede odd ones.
    public var rounding = (SIMD8<Int64>(repeating: 0), SIMD8<Int64>(repeating: 0))
    /// Rectified form: right − 1, the shift that remains after dropping 32 bits.
    public var rectifiedShift = SIMD16<Int32>(repeating: 0)
    /// Moderate form: 2^(right − 1) + z·2^right.
    public var offset = SIMD16<Int32>(repeating: 0)
    /// `right`.
    public var rightShift = SIMD16<Int32>(repeating: 0)
    /// `left`.
    public var leftShift = SIMD16<Int32>(repeating: 0)
    /// 2^(right − 1) if right > 0, else 0.
    public var half = SIMD16<Int32>(repeating: 0)
    /// −1 if right > 0, else 0: a mask for the rounding of negative values.
    public var signMask = SIMD16<Int32>(repeating: 0)
    /// z, added after rounding.
    public var zeroPoint = SIMD16<Int32>(repeating: 0)
    /// Forms in float32: factor of the sum.
    public var scale = SIMD16<Float>(repeating: 0)
    /// Forms in float32: the zero point.
    public var floatZeroPoint = SIMD16<Float>(repeating: 0)
    /// Form with hard swish: factor of the function's value, in steps of the output.
    public var functionScale = SIMD16<Float>(repeating: 0)

    /// Creates parameters that are all zero.
    public init() {}
}

/// Form of rounding for all channels of a layer. See ``ChannelParameters``.
///
/// The first three forms give the same results, those of TensorFlow Lite. The forms in float32 are for networks that need
/// not equal another engine: `scale · x` is not rounded before the function and the zero point. Products and sums are rounded
/// one by one, the result half to even, so that all instruction sets agree.
public enum RoundingMode: UInt8, BitwiseCopyable, Sendable {
    /// Valid if right > 0 and left = 0, and the activation has no results below the zero point. One floor is enough:
    /// `⌊(x·m + 2³⁰ + 2^(30+right) + z·2^(31+right)) / 2^(31+right)⌋`.
    case rectified
    /// Valid if right > 0 and left = 0, and twice the sum and h + z·2^right fit 32 bits:
    /// `⌊(h + 2^(right−1) + z·2^right − [x < 0]) / 2^right⌋`. If x and h differ in sign, h is 0, and the result is the same.
    case moderate
    /// Always valid.
    case general
    /// In float32: `round(scale · x + z)`. Valid if |scale · x| < 2³⁰.
    case scaled
    /// In float32, with y = scale · x: `round(functionScale · y · min(max(y + 3, 0), 6) + z)`. Valid if the result is in the same range.
    case hardSwish
}
