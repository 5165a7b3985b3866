// Vector type and tile sizes for AVX-512 (F, VL, BW, DQ): 32 registers of 16 floats.

typealias Vector = SIMD16<Float>

/// Row of a full panel of weights: two vectors.
typealias PanelRow = Beside<Vector, Vector>

// 14 × 2 accumulators, two registers of weights and one broadcast value use 31 registers. 14 divides 112, 56, 28, 14 and
// their squares, the plane sizes of a network with an input of 224 × 224.
typealias TallTile<Row: Tile> = Rows14<Row>
typealias HalfTile<Row: Tile> = Rows7<Row>

// 14 accumulators, a row of up to five weights, and the pixels that they share.
typealias TapTile<Row: Tile> = Rows14<Row>
typealias HalfTapTile<Row: Tile> = Rows7<Row>

extension Vector {
    /// `self + a * b`, rounded once.
    @inline(__always)
    func adding(product a: Vector, _ b: Vector) -> Vector { addingProduct(a, b) }
}
