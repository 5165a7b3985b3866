import Foundation
import KernelInterface

/// Softmax over the channels of a pixel in fixed-point arithmetic, as TensorFlow Lite's reference `Softmax` for uint8
/// computes it with gemmlowp's functions.
///
/// The output has scale 1 / 256 and zero point 0.
struct IntegerSoftmax: BitwiseCopyable {
    /// `exp(−distance · scale)` in Q0.31 for each distance from the largest input, `[256]`; 0 for distances too large to
    /// count.
    let exponentials: UnsafePointer<Int32>

    /// Returns ``exponentials`` for the scale of the input.
    static func exponentials(scale: Float) -> [Int32] {
        // The argument of exp has 5 integer bits.
        let factor = min(Double(scale) * 0x1p26, 0x1p31 - 1)
        let multiplier = QuantizedMultiplier(factor)
        let left = multiplier.leftShift
        // 31, the maximum with 5 integer bits, in quantization steps of the input.
        let radius = (31 * 0x1p26 / Double(sign: .plus, exponent: Int(left), significand: 1)).rounded(.down)
        let least = -Int32(min(radius, 1024))
        return (0..<256).map { distance in
            let difference = -Int32(distance)
            guard difference >= least else { return 0 }
            return FixedPoint.exponential(QuantizedMultiplier.high(difference &<< left, multiplier.multiplier))
        }
    }

    /// Computes the softmax of `count` contiguous values.
    func run(_ input: UnsafePointer<UInt8>, count: Int, _ output: UnsafeMutablePointer<UInt8>) {
        run(count: count, read: { input[$0] }, write: { output[$0] = $1 })
    }

    /// Computes the softmax of `count` values at any addresses.
    @inline(__always)
    func run(count: Int, read: (Int) -> UInt8, write: (Int, UInt8) -> Void) {
        var largest: UInt8 = 0
        for channel in 0..<count { largest = max(largest, read(channel)) }
        var sum: Int32 = 0
        for channel in 0..<count {
            // 12 integer bits.
            sum &+= QuantizedMultiplier.rounded(exponentials[Int(largest - read(channel))], 12)
        }
        let zeros = Int32(sum.leadingZeroBitCount)
        let reciprocal = FixedPoint.reciprocal(
            onePlus: Int32(bitPattern: UInt32(bitPattern: sum) << UInt32(zeros)) &- .min)
        // The sum has 12 integer bits, of which `zeros` are unused; uint8 has 24 bits less than the result.
        let shift = 12 - zeros + 23
        for channel in 0..<count {
            let exponential = exponentials[Int(largest - read(channel))]
            let share = QuantizedMultiplier.high(reciprocal, exponential)
            // With more than 512 equal classes, each result is less than half a step.
            let result = shift > 31 ? 0 : QuantizedMultiplier.rounded(share, max(shift, 0))
            write(channel, UInt8(min(max(result, 0), 255)))
        }
    }
}

/// Softmax over the channels of each pixel of a channel-blocked tensor.
struct SoftmaxPixels: BitwiseCopyable {
    var softmax: IntegerSoftmax
    var input: BytePlane
    var output: MutableBytePlane
    var channels: Int
    var height: Int
    var width: Int

    func run() {
        for row in 0..<height {
            for column in 0..<width {
                let from = input.base + row * input.rowStride + column * 16
                let to = output.base + row * output.rowStride + column * 16
                softmax.run(
                    count: channels, read: { from[$0 / 16 * input.blockStride + $0 % 16] },
                    write: { to[$0 / 16 * output.blockStride + $0 % 16] = $1 })
            }
        }
    }
}

/// Functions of gemmlowp's `fixedpoint.h`. Values are Q0.31 unless a comment names another format.
enum FixedPoint {
    /// Returns exp(x) for x ≤ 0 in Q5.26.
    static func exponential(_ x: Int32) -> Int32 {
        if x == 0 { return .max }
        let quarter: Int32 = 1 << 24
        let remainder = (x & (quarter - 1)) - quarter
        var result = exponentialOfSmall(remainder &<< 5)
        // The rest is a multiple of 1/4. Each of its bits is a factor exp(−2^power).
        let rest = remainder &- x
        let factors: [(power: Int32, factor: Int32)] = [
            (-2, 1_672_461_947), (-1, 1_302_514_674), (0, 790_015_084), (1, 290_630_308), (2, 39_332_535), (3, 720_401),
            (4, 242),
        ]
        for (power, factor) in factors where rest & (1 << (26 + power)) != 0 {
            result = QuantizedMultiplier.high(result, factor)
        }
        return result
    }

    /// Returns exp(x) for x from −1/4 to 0, by a Taylor polynomial around −1/8.
    private static func exponentialOfSmall(_ a: Int32) -> Int32 {
        let atEighth: Int32 = 1_895_147_668
        let third: Int32 = 715_827_883
        let x = a &+ 1 << 28
        let x2 = QuantizedMultiplier.high(x, x)
        let x3 = QuantizedMultiplier.high(x2, x)
        let x4 = QuantizedMultiplier.high(x2, x2)
        let quarterX4 = QuantizedMultiplier.rounded(x4, 2)
        let higher = QuantizedMultiplier.rounded(QuantizedMultiplier.high(quarterX4 &+ x3, third) &+ x2, 1)
        return atEighth &+ QuantizedMultiplier.high(atEighth, x &+ higher)
    }

    /// Returns 1 / (1 + x) for x from 0 to 1, by three Newton–Raphson steps for half of the denominator.
    static func reciprocal(onePlus x: Int32) -> Int32 {
        let half = roundedHalfSum(x, .max)
        // 48/17 and −32/17 in Q2.29.
        var y = 1_515_870_810 as Int32 &+ QuantizedMultiplier.high(half, -1_010_580_540)
        for _ in 0..<3 {
            let remainder = (1 << 29) as Int32 &- QuantizedMultiplier.high(half, y)
            // Q2.29 times Q2.29 is Q4.27.
            y = y &+ saturatingShift(QuantizedMultiplier.high(y, remainder), 2)
        }
        return saturatingShift(y, 1)
    }

    /// Returns `(a + b) / 2`, rounded half away from zero.
    private static func roundedHalfSum(_ a: Int32, _ b: Int32) -> Int32 {
        let sum = Int64(a) + Int64(b)
        return Int32((sum + (sum >= 0 ? 1 : -1)) / 2)
    }

    private static func saturatingShift(_ x: Int32, _ count: Int64) -> Int32 { Int32(clamping: Int64(x) << count) }
}
