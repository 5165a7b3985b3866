/// `exp(x)`, to within two units in the last place; as large or small as a Float can be beyond ±87.
///
/// `x = n · ln 2 + r` with |r| ≤ ln 2 / 2, so `exp(x) = 2ⁿ · exp(r)`: the exponent's bits are made of n, and a
/// polynomial does for r (Cephes, `expf`).
@inline(__always)
func exponential(_ x: Vector) -> Vector {
    let limit = Vector(repeating: 87)
    var x = x.replacing(with: limit, where: x .> limit)
    x = x.replacing(with: 0 - limit, where: x .< 0 - limit)
    // A number this large has no fraction bits: adding it rounds to a whole number, which is then in the lowest bits.
    let rounding: Float = 12_582_912
    let shifted = x * 1.442_695_04 + rounding
    let n = shifted - rounding
    // ln 2 in two parts, the first of few bits, so that the product with n is exact.
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
