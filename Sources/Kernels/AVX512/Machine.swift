// What the loops are made of on a CPU with AVX-512 (F, VL, BW, DQ): 32 registers of 16 floats.

typealias Vector = SIMD16<Float>

/// One row of a full panel of weights: two vectors.
typealias PanelRow = Beside<Vector, Vector>

// 14 × 2 accumulators, two registers of weights and one broadcast value make 31; and 14 divides
// 112, 56, 28, 14 and their squares, the planes of a network that starts from 224 × 224.
typealias TallTile<Row: Tile> = Rows14<Row>
typealias HalfTile<Row: Tile> = Rows7<Row>

extension Vector {
    /// `self + a * b`, rounded once.
    @inline(__always)
    func adding(product a: Vector, _ b: Vector) -> Vector { addingProduct(a, b) }
}
