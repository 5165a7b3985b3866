// Vector type and tile sizes for any CPU: SSE2 on x86-64, NEON on arm64.

typealias Vector = SIMD4<Float>

/// Row of a full panel of weights: two vectors.
typealias PanelRow = Beside<Vector, Vector>

#if arch(arm64)
    // NEON has 32 registers: 16 accumulators leave room for the operands.
    typealias TallTile<Row: Tile> = Rows8<Row>
    typealias HalfTile<Row: Tile> = Rows4<Row>
#else
    // SSE2 has 16 registers and no fused multiply-add, so products need registers too.
    typealias TallTile<Row: Tile> = Rows4<Row>
    typealias HalfTile<Row: Tile> = Rows2<Row>
#endif

/// A block is one narrow vector, which is not divided.
typealias HalfVector = Vector
let halvesBlocks = false

typealias TapTile<Row: Tile> = TallTile<Row>
typealias HalfTapTile<Row: Tile> = HalfTile<Row>

extension Vector {
    /// `self + a * b`.
    ///
    /// Without a fused multiply-add instruction, `addingProduct` would call the C library for each element.
    @inline(__always)
    func adding(product a: Vector, _ b: Vector) -> Vector {
        #if arch(arm64)
            addingProduct(a, b)
        #else
            self + a * b
        #endif
    }
}
