import Foundation

/// Softmax over the channels of each pixel, in fixed-point arithmetic: TensorFlow Lite's reference `Softmax`
/// for bytes, on gemmlowp's fixed-point functions.
///
/// The output has a scale of 1 / 256, and the byte 0 stands for zero.
struct IntegerSoftmax: BitwiseCopyable {
    /// For each distance from the largest byte, exp of it in Q0.31; 0 where it is so far that it does not count.
    /// 256 values.
    let exponentials: UnsafePointer<Int32>

    /// ``exponentials`` for an input's scale.
    static func exponentials(scale: Float) -> [Int32] {
        // The argument of exp has 5 integer bits.
        let factor = min(Double(scale) * 0x1p26, 0x1p31 - 1)
        let multiplier = QuantizedMultiplier(factor)
        let left = multiplier.leftShift
        // How far 31, the largest number with 5 integer bits, is in steps of the input.
        let radius = (31 * 0x1p26 / Double(sign: .plus, exponent: Int(left), significand: 1)).rounded(.down)
        let least = -Int32(min(radius, 1024))
        return (0..<256).map { distance in
            let difference = -Int32(distance)
            guard difference >= least else { return 0 }
            return FixedPoint.exponential(QuantizedMultiplier.high(difference &<< left, multiplier.multiplier))
        }
    }

    /// One pixel: `count` bytes to `count` bytes.
    func run(_ input: UnsafePointer<UInt8>, count: Int, _ output: UnsafeMutablePointer<UInt8>) {
        run(count: count, read: { input[$0] }, write: { output[$0] = $1 })
    }

    /// One pixel whose bytes lie anywhere.
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
        // 12 integer bits of the sum, of which `zeros` were not needed, and 24 bits that a byte has not.
        let shift = 12 - zeros + 23
        for channel in 0..<count {
            let exponential = exponentials[Int(largest - read(channel))]
            let share = QuantizedMultiplier.high(reciprocal, exponential)
            // With more than 512 classes alike, each has less than half a step.
            let byte = shift > 31 ? 0 : QuantizedMultiplier.rounded(share, max(shift, 0))
            write(channel, UInt8(min(max(byte, 0), 255)))
        }
    }
}

/// Functions of gemmlowp's `fixedpoint.h`. Numbers are Q0.31 where nothing else is said.
enum FixedPoint {
    /// exp(x) for x ≤ 0 in Q5.26.
    static func exponential(_ x: Int32) -> Int32 {
        if x == 0 { return .max }
        let quarter: Int32 = 1 << 24
        let remainder = (x & (quarter - 1)) - quarter
        var result = exponentialOfSmall(remainder &<< 5)
        // What is left is a multiple of 1/4: for each of its bits a factor, exp(−2^power).
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

    /// exp(x) for x from −1/4 to 0: a Taylor polynomial around −1/8.
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

    /// 1 / (1 + x) for x from 0 to 1: three steps of Newton and Raphson's method for half of the denominator.
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

    /// `(a + b) / 2`, rounded half away from zero.
    private static func roundedHalfSum(_ a: Int32, _ b: Int32) -> Int32 {
        let sum = Int64(a) + Int64(b)
        return Int32((sum + (sum >= 0 ? 1 : -1)) / 2)
    }

    private static func saturatingShift(_ x: Int32, _ count: Int64) -> Int32 { Int32(clamping: Int64(x) << count) }
}
