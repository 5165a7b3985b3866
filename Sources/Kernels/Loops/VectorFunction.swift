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
    // The sixth is taken of `x`, here and below, not of the clamped value: a constant multiplied into a
    // clamp is moved inside it by the compiler, and a minimum then becomes a comparison and a blend.
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
    /// Applies the activation that is known only now. One branch for a whole tile.
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
