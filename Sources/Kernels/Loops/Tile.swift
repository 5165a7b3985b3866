// Register tiles as types.
//
// Accumulators in an array are spilled to the stack; accumulators in stored properties stay in registers. So tiles are
// composed: a vector is the smallest tile, `Beside` joins two tiles side by side, `Stack` one above the other, and every
// method calls the methods of its parts. After inlining, a straight line of multiply-adds remains.
//
// The compiler must not emit helpers under names that another module could share. So a vector type of the standard
// library is the only leaf: a plain struct of this size would need such helpers.

import KernelInterface

/// Register tile: accumulators of `rows` output pixels × `columns` vectors of output channels.
protocol Tile {
    /// Number of output pixels.
    static var rows: Int { get }
    /// Number of vectors of output channels.
    static var columns: Int { get }
    /// Number of output channels: floats of a row. Less than the vectors have if the last one is a half.
    static var width: Int { get }

    /// Initializes all rows with the same `columns` vectors from `source`.
    init(rowsFrom source: UnsafePointer<Float>)

    /// Adds a step of a matrix product: the value of each row at `a`, times the row of weights at `b`.
    mutating func add(broadcast a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>)

    /// Adds a step of a depthwise convolution: the vector of each row at `a`, times the vector at `b`.
    mutating func add(vector a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>)

    /// Adds a row of the kernel of a depthwise convolution: for each row of the tile, the products of `taps` with the vectors
    /// from `pixels` on. Receptive fields of neighbouring rows overlap; the compiler loads a vector once for all of them.
    mutating func add<Taps: Tile>(pixels: UnsafePointer<Float>, rowStride: Int, times taps: Taps)

    /// Adds the products of this row of vectors with those at `a` to a sum.
    func accumulate(into sum: inout Vector, _ a: UnsafePointer<Float>)

    /// Adds the vectors at the given offsets in the plane of each column.
    mutating func add(plane: UnsafePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>)

    /// Multiplies every accumulator by a factor.
    mutating func multiply(by factor: Float)

    /// Applies a function to every accumulator.
    mutating func apply<F: VectorFunction>(_ function: F.Type)

    /// Stores each row at its offset in the plane of each column.
    func store(to plane: UnsafeMutablePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>)

    /// Stores the rows `rowStride` floats apart.
    func store(to row: UnsafeMutablePointer<Float>, rowStride: Int)

    /// Sum over the rows of the first column.
    var rowTotal: Vector { get }
}

extension UnsafePointer<Float> {
    @inline(__always)
    var vector: Vector { UnsafeRawPointer(self).loadUnaligned(as: Vector.self) }
}

extension UnsafeMutablePointer<Float> {
    @inline(__always)
    var vector: Vector {
        get { UnsafeRawPointer(self).loadUnaligned(as: Vector.self) }
        nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: Vector.self) }
    }
}

extension Vector: Tile {
    @inline(__always) static var rows: Int { 1 }
    @inline(__always) static var columns: Int { 1 }
    @inline(__always) static var width: Int { scalarCount }

    @inline(__always)
    init(rowsFrom source: UnsafePointer<Float>) { self = source.vector }

    @inline(__always)
    mutating func add(broadcast a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>) {
        self = adding(product: Vector(repeating: a.pointee), b.vector)
    }

    @inline(__always)
    mutating func add(vector a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>) {
        self = adding(product: a.vector, b.vector)
    }

    @inline(__always)
    mutating func add<Taps: Tile>(pixels: UnsafePointer<Float>, rowStride: Int, times taps: Taps) {
        taps.accumulate(into: &self, pixels)
    }

    @inline(__always)
    func accumulate(into sum: inout Vector, _ a: UnsafePointer<Float>) { sum = sum.adding(product: a.vector, self) }

    @inline(__always)
    mutating func add(plane: UnsafePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>) {
        self += (plane + Int(offsets.pointee)).vector
    }

    @inline(__always)
    mutating func multiply(by factor: Float) { self *= factor }

    @inline(__always)
    mutating func apply<F: VectorFunction>(_ function: F.Type) { self = F.of(self) }

    @inline(__always)
    func store(to plane: UnsafeMutablePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>) {
        (plane + Int(offsets.pointee)).vector = self
    }

    @inline(__always)
    func store(to row: UnsafeMutablePointer<Float>, rowStride: Int) { row.vector = self }

    @inline(__always)
    var rowTotal: Vector { self }
}

/// Two tiles of one row, side by side.
struct Beside<Left: Tile, Right: Tile>: Tile {
    var left: Left
    var right: Right

    @inline(__always) static var rows: Int { 1 }
    @inline(__always) static var columns: Int { Left.columns + Right.columns }
    @inline(__always) static var width: Int { Left.width + Right.width }
    @inline(__always) static var leftWidth: Int { Left.width }

    @inline(__always)
    init(rowsFrom source: UnsafePointer<Float>) {
        left = Left(rowsFrom: source)
        right = Right(rowsFrom: source + Self.leftWidth)
    }

    @inline(__always)
    mutating func add(broadcast a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>) {
        left.add(broadcast: a, rowStride: rowStride, times: b)
        right.add(broadcast: a, rowStride: rowStride, times: b + Self.leftWidth)
    }

    @inline(__always)
    mutating func add(vector a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>) {
        left.add(vector: a, rowStride: rowStride, times: b)
        right.add(vector: a + Self.leftWidth, rowStride: rowStride, times: b + Self.leftWidth)
    }

    @inline(__always)
    mutating func add<Taps: Tile>(pixels: UnsafePointer<Float>, rowStride: Int, times taps: Taps) {
        left.add(pixels: pixels, rowStride: rowStride, times: taps)
        right.add(pixels: pixels + Self.leftWidth, rowStride: rowStride, times: taps)
    }

    @inline(__always)
    func accumulate(into sum: inout Vector, _ a: UnsafePointer<Float>) {
        left.accumulate(into: &sum, a)
        right.accumulate(into: &sum, a + Self.leftWidth)
    }

    @inline(__always)
    mutating func add(plane: UnsafePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>) {
        left.add(plane: plane, blockStride: blockStride, offsets: offsets)
        right.add(plane: plane + Left.columns * blockStride, blockStride: blockStride, offsets: offsets)
    }

    @inline(__always)
    mutating func multiply(by factor: Float) {
        left.multiply(by: factor)
        right.multiply(by: factor)
    }

    @inline(__always)
    mutating func apply<F: VectorFunction>(_ function: F.Type) {
        left.apply(function)
        right.apply(function)
    }

    @inline(__always)
    func store(to plane: UnsafeMutablePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>) {
        left.store(to: plane, blockStride: blockStride, offsets: offsets)
        right.store(to: plane + Left.columns * blockStride, blockStride: blockStride, offsets: offsets)
    }

    @inline(__always)
    func store(to row: UnsafeMutablePointer<Float>, rowStride: Int) {
        left.store(to: row, rowStride: rowStride)
        right.store(to: row + Self.leftWidth, rowStride: rowStride)
    }

    @inline(__always)
    var rowTotal: Vector { left.rowTotal }
}

/// Two tiles of the same width, one above the other.
struct Stack<Top: Tile, Bottom: Tile>: Tile {
    var top: Top
    var bottom: Bottom

    @inline(__always) static var rows: Int { Top.rows + Bottom.rows }
    @inline(__always) static var columns: Int { Top.columns }
    @inline(__always) static var width: Int { Top.width }

    @inline(__always)
    init(rowsFrom source: UnsafePointer<Float>) {
        top = Top(rowsFrom: source)
        bottom = Bottom(rowsFrom: source)
    }

    @inline(__always)
    mutating func add(broadcast a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>) {
        top.add(broadcast: a, rowStride: rowStride, times: b)
        bottom.add(broadcast: a + Top.rows * rowStride, rowStride: rowStride, times: b)
    }

    @inline(__always)
    mutating func add(vector a: UnsafePointer<Float>, rowStride: Int, times b: UnsafePointer<Float>) {
        top.add(vector: a, rowStride: rowStride, times: b)
        bottom.add(vector: a + Top.rows * rowStride, rowStride: rowStride, times: b)
    }

    @inline(__always)
    mutating func add<Taps: Tile>(pixels: UnsafePointer<Float>, rowStride: Int, times taps: Taps) {
        top.add(pixels: pixels, rowStride: rowStride, times: taps)
        bottom.add(pixels: pixels + Top.rows * rowStride, rowStride: rowStride, times: taps)
    }

    @inline(__always)
    func accumulate(into sum: inout Vector, _ a: UnsafePointer<Float>) { top.accumulate(into: &sum, a) }

    @inline(__always)
    mutating func add(plane: UnsafePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>) {
        top.add(plane: plane, blockStride: blockStride, offsets: offsets)
        bottom.add(plane: plane, blockStride: blockStride, offsets: offsets + Top.rows)
    }

    @inline(__always)
    mutating func multiply(by factor: Float) {
        top.multiply(by: factor)
        bottom.multiply(by: factor)
    }

    @inline(__always)
    mutating func apply<F: VectorFunction>(_ function: F.Type) {
        top.apply(function)
        bottom.apply(function)
    }

    @inline(__always)
    func store(to plane: UnsafeMutablePointer<Float>, blockStride: Int, offsets: UnsafePointer<Int32>) {
        top.store(to: plane, blockStride: blockStride, offsets: offsets)
        bottom.store(to: plane, blockStride: blockStride, offsets: offsets + Top.rows)
    }

    @inline(__always)
    func store(to row: UnsafeMutablePointer<Float>, rowStride: Int) {
        top.store(to: row, rowStride: rowStride)
        bottom.store(to: row + Top.rows * rowStride, rowStride: rowStride)
    }

    @inline(__always)
    var rowTotal: Vector { top.rowTotal + bottom.rowTotal }
}

typealias Rows2<Row: Tile> = Stack<Row, Row>
typealias Rows4<Row: Tile> = Stack<Rows2<Row>, Rows2<Row>>
typealias Rows6<Row: Tile> = Stack<Rows4<Row>, Rows2<Row>>
typealias Rows7<Row: Tile> = Stack<Rows6<Row>, Row>
typealias Rows8<Row: Tile> = Stack<Rows4<Row>, Rows4<Row>>
typealias Rows12<Row: Tile> = Stack<Rows8<Row>, Rows4<Row>>
typealias Rows14<Row: Tile> = Stack<Rows7<Row>, Rows7<Row>>
