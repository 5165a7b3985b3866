/// What turns the exact sums of 16 channels into bytes, in the order in which the loops load it.
///
/// A sum x becomes a byte as TensorFlow Lite's reference kernels do it (`MultiplyByQuantizedMultiplier`;
/// Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
/// inference", 2018, section 2.2): multiplied by m · 2^(left − right) / 2³¹, rounded half up to a whole
/// number h, then shifted right by `right`, rounded half away from zero, then moved by the zero point z.
///
/// Both roundings are floors of sums, so that
///
///     h = ⌊(x·2^left · m + 2³⁰) / 2³¹⌋,   byte = ⌊(h + 2^(right−1) − [h < 0 and right > 0]) / 2^right⌋ + z
///
/// See ``RoundingMode`` for the shorter forms.
public struct ChannelParameters: BitwiseCopyable {
    /// Where each sum begins.
    public var bias = SIMD16<Int32>(repeating: 0)
    /// m, in 2³⁰ ..< 2³¹, or 0.
    public var multiplier = SIMD16<Int32>(repeating: 0)
    /// m of the odd channels, each in the place of the even one before it.
    public var oddMultiplier = SIMD16<Int32>(repeating: 0)
    /// Of the rectified form, what is added to the product: for each vector of the instruction set first that
    /// of its even channels, then that of its odd ones.
    public var rounding = (SIMD8<Int64>(repeating: 0), SIMD8<Int64>(repeating: 0))
    /// Of the rectified form: right − 1, what is left when 32 bits are dropped.
    public var rectifiedShift = SIMD16<Int32>(repeating: 0)
    /// Of the moderate form: 2^(right − 1) + z·2^right.
    public var offset = SIMD16<Int32>(repeating: 0)
    /// `right`.
    public var rightShift = SIMD16<Int32>(repeating: 0)
    /// `left`.
    public var leftShift = SIMD16<Int32>(repeating: 0)
    /// 2^(right − 1) if right > 0, else 0.
    public var half = SIMD16<Int32>(repeating: 0)
    /// −1 if right > 0, else 0: whether negative values round the other way.
    public var signMask = SIMD16<Int32>(repeating: 0)
    /// z, added when all is rounded.
    public var zeroPoint = SIMD16<Int32>(repeating: 0)

    public init() {}
}

/// Which form of rounding serves for all channels of a layer. All give the same bytes. See ``ChannelParameters``.
public enum RoundingMode: UInt8, BitwiseCopyable, Sendable {
    /// Where right > 0 and left = 0, and the activation lets no negative result through, one floor is enough:
    /// `⌊(x·m + 2³⁰ + 2^(30+right) + z·2^(31+right)) / 2^(31+right)⌋`.
    case rectified
    /// Where right > 0 and left = 0, and no sum is so large that twice the sum, or h + z·2^right, needs more than 32
    /// bits: `⌊(h + 2^(right−1) + z·2^right − [x < 0]) / 2^right⌋`. Where x and h differ in sign, h is 0, and it makes
    /// no difference.
    case moderate
    /// Always.
    case general
}
