// Half a vector as a tile.
//
// The networks of the family have 24, 40, 72 or 120 channels: half of their last block of 16 is unused. On a CPU with units of
// 256 bits (AMD Zen 4), a half takes half the time; on one with units of 512 bits it takes as long as a whole one.

import CIntrinsics

typealias HalfVector = SIMD8<Float>

/// Whether the last block of output channels may be computed as a half.
let halvesBlocks = true

extension HalfVector: Tile {
    @inline(__always) static var rows: Int { 1 }
    @inline(__always) static var columns: Int { 1 }
    @inline(__always) static var width: Int { scalarCount }

    @inline(__always)
    init(rowsFrom source: UnsafePointer<Float>) { self = Self.loaded(source) }

    @inline(__always)
    private static func loaded(_ address: UnsafePointer<Float>) -> HalfVector {
        UnsafeRawPointer(address).loadUnaligned(as: HalfVector.self)
    }

    @inline(__always)
    private func stored(_ address: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(address).storeBytes(of: self, as: HalfVector.self)
    }

    /// The vector, and zeros.
    @inline(__always)
    private var whole: Vector { Vector(lowHalf: self, highHalf: HalfVector(repeating: 0)) }

    @inline(__always)
    mutating func add(broadcast a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>) {
        self = cintrinsics_add_product(self, Self.loaded(b), a)
    }

    @inline(__always)
    mutating func add(vector a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>) {
        self = addingProduct(Self.loaded(a), Self.loaded(b))
    }

    @inline(__always)
    mutating func add<Taps: Tile>(pixels: UnsafePointer<Float>, rowStride: Int, times taps: Taps) {
        var sum = whole
        taps.accumulate(into: &sum, pixels)
        self = sum.lowHalf
    }

    @inline(__always)
    func accumulate(into sum: inout Vector, _ a: UnsafePointer<Float>) {
        sum = sum.adding(product: Self.loaded(a).whole, whole)
    }

    @inline(__always)
    mutating func add(plane: UnsafePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>) {
        self += Self.loaded(plane + Int(offsets.pointee))
    }

    @inline(__always)
    mutating func multiply(by factor: Float) { self *= factor }

    @inline(__always)
    mutating func apply<F: VectorFunction>(_ function: F.Type) { self = F.of(whole).lowHalf }

    @inline(__always)
    func store(to plane: UnsafeMutablePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>) {
        stored(plane + Int(offsets.pointee))
    }

    @inline(__always)
    func store(to row: UnsafeMutablePointer<Float>, rowStride: Int) { stored(row) }

    @inline(__always)
    var rowTotal: Vector { whole }
}
