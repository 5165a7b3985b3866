// The activation functions, on vectors and on tiles.

import KernelInterface

/// A function applied to each element of a vector.
protocol VectorFunction {
    static func of(_ x: Vector) -> Vector
}

@inline(__always)
private func larger(_ a: Vector, _ b: Vector) -> Vector { a.replacing(with: b, where: b .> a) }

@inline(__always)
private func smaller(_ a: Vector, _ b: Vector) -> Vector { a.replacing(with: b, where: b .< a) }

@inline(__always)
private func clampedTo6(_ x: Vector) -> Vector {
    smaller(larger(x, Vector(repeating: 0)), Vector(repeating: 6))
}

enum ReLU: VectorFunction {
    @inline(__always)
    static func of(_ x: Vector) -> Vector { larger(x, Vector(repeating: 0)) }
}

enum ReLU6: VectorFunction {
    @inline(__always)
    static func of(_ x: Vector) -> Vector { clampedTo6(x) }
}

enum HardSwish: VectorFunction {
    // `x` is multiplied by 1/6, here and below, not the clamped value: the compiler would move a constant factor into the
    // clamp, and the minimum would become a comparison and a blend.
    @inline(__always)
    static func of(_ x: Vector) -> Vector { (x * (1.0 / 6)) * clampedTo6(x + 3) }
}

enum HardSigmoid: VectorFunction {
    @inline(__always)
    static func of(_ x: Vector) -> Vector {
        smaller(larger(x * (1.0 / 6) + 0.5, Vector(repeating: 0)), Vector(repeating: 1))
    }
}

enum Sigmoid: VectorFunction {
    @inline(__always)
    static func of(_ x: Vector) -> Vector { 1 / (1 + exponential(0 - x)) }
}

extension Tile {
    /// Applies an activation that is known at run time, with one branch for a tile.
    @inline(__always)
    mutating func apply(_ activation: Activation) {
        switch activation {
        case .linear: break
        case .relu: apply(ReLU.self)
        case .relu6: apply(ReLU6.self)
        case .hardSwish: apply(HardSwish.self)
        case .hardSigmoid: apply(HardSigmoid.self)
        case .sigmoid: apply(Sigmoid.self)
        }
    }
}

/// Returns `exp(x)` with an error of up to two units in the last place. `x` is clamped to ±87, near the range of float32.
///
/// `x = n · ln 2 + r` with |r| ≤ ln 2 / 2, so `exp(x) = 2ⁿ · exp(r)`: n becomes the exponent bits, and a polynomial
/// approximates `exp(r)` (Cephes, `expf`).
@inline(__always)
func exponential(_ x: Vector) -> Vector {
    let limit = Vector(repeating: 87)
    var x = x.replacing(with: limit, where: x .> limit)
    x = x.replacing(with: 0 - limit, where: x .< 0 - limit)
    // A float of this size has no fraction bits: the addition rounds to an integer, which is then in the low bits.
    let rounding: Float = 12_582_912
    let shifted = x * 1.442_695_04 + rounding
    let n = shifted - rounding
    // ln 2 in two parts. The first has few bits, so that its product with n is exact.
    let r = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
    var polynomial = Vector(repeating: 1.987_569_15e-4)
    polynomial = polynomial * r + 1.398_199_95e-3
    polynomial = polynomial * r + 8.333_452e-3
    polynomial = polynomial * r + 4.166_579_6e-2
    polynomial = polynomial * r + 1.666_666_55e-1
    polynomial = polynomial * r + 0.5
    polynomial = polynomial * r * r + r + 1
    let whole = unsafeBitCast(shifted, to: Vector.MaskStorage.self) &- Int32(bitPattern: rounding.bitPattern)
    let exponent = (whole &+ 127) &<< 23
    return polynomial * unsafeBitCast(exponent, to: Vector.self)
}
