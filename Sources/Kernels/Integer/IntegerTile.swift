// Register tiles of exact sums, built like those of floats (see Tile.swift): a vector of sums is the smallest
// tile, `IntegerBeside` puts two next to each other, `IntegerStack` one on top of the other.

import KernelInterface

/// How many values go into each sum at a time.
protocol GroupSize {
    static var count: Int { get }
}

/// Sums for `rows` output pixels × `columns` vectors of output channels.
///
/// Weights, of whatever width, take 4 bytes for each sum and group.
protocol IntegerTile {
    /// Output pixels.
    static var rows: Int { get }
    /// Vectors of output channels.
    static var columns: Int { get }

    /// Every row the same: the biases of `columns` vectors of channels.
    init(biases: Channels)

    /// One step of a matrix product: each row's group at `a`, times the row of groups of weights at `b`.
    mutating func add(broadcast a: UnsafeRawPointer, rowStride: Int, times b: UnsafeRawPointer)

    /// Adds to each row a number of its own.
    mutating func add(terms: UnsafePointer<Int32>)

    /// Rounds every sum to a byte and stores each row at the given offset in each column's plane.
    func store<R: Rounding>(
        _: R.Type, _ channels: Channels, _ bounds: Bounds,
        to plane: UnsafeMutablePointer<UInt8>, columnStride: Int, offsets: UnsafePointer<Int32>)
}

extension Sums: IntegerTile {
    @inline(__always) static var rows: Int { 1 }
    @inline(__always) static var columns: Int { 1 }

    @inline(__always)
    init(biases: Channels) { self = biases.bias }

    @inline(__always)
    mutating func add(broadcast a: UnsafeRawPointer, rowStride: Int, times b: UnsafeRawPointer) {
        add(Values(group: a), times: b)
    }

    @inline(__always)
    mutating func add(terms: UnsafePointer<Int32>) { self &+= Sums(repeating: terms.pointee) }

    @inline(__always)
    func store<R: Rounding>(
        _: R.Type, _ channels: Channels, _ bounds: Bounds,
        to plane: UnsafeMutablePointer<UInt8>, columnStride: Int, offsets: UnsafePointer<Int32>
    ) {
        store(R.self, channels, bounds, to: plane + Int(offsets.pointee))
    }

    /// Rounds every sum to a byte and stores them next to each other.
    @inline(__always)
    func store<R: Rounding>(_: R.Type, _ channels: Channels, _ bounds: Bounds, to place: UnsafeMutablePointer<UInt8>) {
        R.rounded(self, channels).clamped(from: bounds.low, to: bounds.high).storeBytes(to: place)
    }
}

/// Two tiles of one row, next to each other.
struct IntegerBeside<Left: IntegerTile, Right: IntegerTile>: IntegerTile {
    var left: Left
    var right: Right

    @inline(__always) static var rows: Int { 1 }
    @inline(__always) static var columns: Int { Left.columns + Right.columns }
    @inline(__always) static var leftWidth: Int { Left.columns * MemoryLayout<Sums>.size }

    @inline(__always)
    init(biases: Channels) {
        left = Left(biases: biases)
        right = Right(biases: biases.advanced(by: Left.columns))
    }

    @inline(__always)
    mutating func add(broadcast a: UnsafeRawPointer, rowStride: Int, times b: UnsafeRawPointer) {
        left.add(broadcast: a, rowStride: rowStride, times: b)
        right.add(broadcast: a, rowStride: rowStride, times: b + Self.leftWidth)
    }

    @inline(__always)
    mutating func add(terms: UnsafePointer<Int32>) {
        left.add(terms: terms)
        right.add(terms: terms)
    }

    @inline(__always)
    func store<R: Rounding>(
        _: R.Type, _ channels: Channels, _ bounds: Bounds,
        to plane: UnsafeMutablePointer<UInt8>, columnStride: Int, offsets: UnsafePointer<Int32>
    ) {
        left.store(R.self, channels, bounds, to: plane, columnStride: columnStride, offsets: offsets)
        right.store(
            R.self, channels.advanced(by: Left.columns), bounds,
            to: plane + Left.columns * columnStride, columnStride: columnStride, offsets: offsets)
    }
}

/// Two tiles of the same width, one below the other.
struct IntegerStack<Top: IntegerTile, Bottom: IntegerTile>: IntegerTile {
    var top: Top
    var bottom: Bottom

    @inline(__always) static var rows: Int { Top.rows + Bottom.rows }
    @inline(__always) static var columns: Int { Top.columns }

    @inline(__always)
    init(biases: Channels) {
        top = Top(biases: biases)
        bottom = Bottom(biases: biases)
    }

    @inline(__always)
    mutating func add(broadcast a: UnsafeRawPointer, rowStride: Int, times b: UnsafeRawPointer) {
        top.add(broadcast: a, rowStride: rowStride, times: b)
        bottom.add(broadcast: a + Top.rows * rowStride, rowStride: rowStride, times: b)
    }

    @inline(__always)
    mutating func add(terms: UnsafePointer<Int32>) {
        top.add(terms: terms)
        bottom.add(terms: terms + Top.rows)
    }

    @inline(__always)
    func store<R: Rounding>(
        _: R.Type, _ channels: Channels, _ bounds: Bounds,
        to plane: UnsafeMutablePointer<UInt8>, columnStride: Int, offsets: UnsafePointer<Int32>
    ) {
        top.store(R.self, channels, bounds, to: plane, columnStride: columnStride, offsets: offsets)
        bottom.store(
            R.self, channels, bounds, to: plane, columnStride: columnStride, offsets: offsets + Top.rows)
    }
}

typealias IntegerRows2<Row: IntegerTile> = IntegerStack<Row, Row>
typealias IntegerRows3<Row: IntegerTile> = IntegerStack<IntegerRows2<Row>, Row>
typealias IntegerRows4<Row: IntegerTile> = IntegerStack<IntegerRows2<Row>, IntegerRows2<Row>>
typealias IntegerRows6<Row: IntegerTile> = IntegerStack<IntegerRows4<Row>, IntegerRows2<Row>>
typealias IntegerRows7<Row: IntegerTile> = IntegerStack<IntegerRows6<Row>, Row>
typealias IntegerRows12<Row: IntegerTile> = IntegerStack<IntegerRows6<Row>, IntegerRows6<Row>>
typealias IntegerRows14<Row: IntegerTile> = IntegerStack<IntegerRows7<Row>, IntegerRows7<Row>>
