// Vector type and tile sizes for AVX2 and FMA: 16 registers of 8 floats.

typealias Vector = SIMD8<Float>

/// Row of a full panel of weights: one vector.
///
/// With two vectors, the compiler keeps the broadcast values of all rows in registers at the same time, and spills.
typealias PanelRow = Vector

typealias TallTile<Row: Tile> = Rows12<Row>
typealias HalfTile<Row: Tile> = Rows6<Row>

/// A block is one narrow vector, which is not divided.
typealias HalfVector = Vector
let halvesBlocks = false

typealias TapTile<Row: Tile> = Rows8<Row>
typealias HalfTapTile<Row: Tile> = Rows4<Row>

extension Vector {
    /// `self + a * b`, rounded once.
    @inline(__always)
    func adding(product a: Vector, _ b: Vector) -> Vector { addingProduct(a, b) }
}
