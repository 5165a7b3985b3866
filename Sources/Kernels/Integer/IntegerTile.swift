// Register tiles of int32 sums, composed like the float tiles (see Tile.swift): a group of four vectors is the smallest
// tile, `IntegerBeside` joins two tiles side by side, `IntegerStack` one above the other.

import KernelInterface

/// Number of products that one instruction adds to a sum.
protocol GroupSize {
    static var count: Int { get }
}

/// Register tile: int32 sums of `rows` output pixels × `blocks` blocks of 16 output channels.
///
/// The weights of a sum and group have 4 bytes, whatever the width of a weight.
protocol IntegerTile {
    /// Number of output pixels.
    static var rows: Int { get }
    /// Number of blocks of output channels.
    static var blocks: Int { get }

    /// Initializes all rows with the biases of the channels.
    init(biases: Channels)

    /// Adds a step of a matrix product: the group of each row at `a`, times the groups of weights at `b`.
    mutating func add(broadcast a: UnsafeRawPointer, rowStride: Int, times b: UnsafeRawPointer)

    /// Adds a term to all sums of each row.
    mutating func add(terms: UnsafePointer<Int32>)

    /// Requantizes the sums and stores the first `count` rows, each at its offset in the plane of each block.
    func store<R: Rounding>(
        _: R.Type, _ channels: Channels, _ bounds: Bounds, to plane: UnsafeMutablePointer<UInt8>, blockStride: Int,
        offsets: UnsafePointer<Int32>, count: Int)
}

/// Vector of a group of pixels.
protocol SumVector {}

extension Sums: SumVector {}

/// Four vectors, two of each type.
///
/// It is generic over two types: for a plain struct of vectors, or one with a single type, the compiler would emit
/// helpers under names that another module could share.
struct Four<Left: SumVector, Right: SumVector> {
    var a: Left
    var b: Left
    var c: Right
    var d: Right
}

/// Four vectors of sums: as many pixels of a block as fill a vector of uint8.
typealias PixelGroup = Four<Sums, Sums>

extension Four: IntegerTile where Left == Sums, Right == Sums {
    @inline(__always) static var rows: Int { 4 / Block.vectors }
    @inline(__always) static var blocks: Int { 1 }

    @inline(__always)
    init(biases: Channels) {
        self.init(a: biases.bias(0), b: biases.bias(1), c: biases.bias(2), d: biases.bias(3))
    }

    @inline(__always)
    mutating func add(broadcast: UnsafeRawPointer, rowStride: Int, times weights: UnsafeRawPointer) {
        let size = MemoryLayout<Sums>.size
        let vectors = Block.vectors
        a.add(Values(group: broadcast), times: weights)
        b.add(Values(group: broadcast + 1 / vectors * rowStride), times: weights + 1 % vectors * size)
        c.add(Values(group: broadcast + 2 / vectors * rowStride), times: weights + 2 % vectors * size)
        d.add(Values(group: broadcast + 3 / vectors * rowStride), times: weights + 3 % vectors * size)
    }

    @inline(__always)
    mutating func add(terms: UnsafePointer<Int32>) {
        let vectors = Block.vectors
        a &+= Sums(repeating: terms[0])
        b &+= Sums(repeating: terms[1 / vectors])
        c &+= Sums(repeating: terms[2 / vectors])
        d &+= Sums(repeating: terms[3 / vectors])
    }

    /// Returns the requantized sums: 16 channels of a pixel, then the next pixel.
    @inline(__always)
    func bytes<R: Rounding>(_: R.Type, _ channels: Channels, _ bounds: Bounds) -> Values {
        Sums.packed(
            R.rounded(a, channels, 0), R.rounded(b, channels, 1), R.rounded(c, channels, 2), R.rounded(d, channels, 3)
        ).clamped(bounds)
    }

    @inline(__always)
    func store<R: Rounding>(
        _: R.Type, _ channels: Channels, _ bounds: Bounds, to plane: UnsafeMutablePointer<UInt8>, blockStride: Int,
        offsets: UnsafePointer<Int32>, count: Int
    ) {
        let bytes = bytes(R.self, channels, bounds)
        let first = Int(offsets[0])
        // If a row of pixels ends within the group, a border may lie between the pixels.
        if count >= Self.rows, Int(offsets[Self.rows - 1]) == first + (Self.rows - 1) * Block.channels {
            UnsafeMutableRawPointer(plane + first).storeBytes(of: bytes, as: Values.self)
        } else {
            for row in 0..<min(count, Self.rows) { bytes.store(pixel: row, to: plane + Int(offsets[row])) }
        }
    }
}

/// Two tiles of the same rows, side by side.
struct IntegerBeside<Left: IntegerTile, Right: IntegerTile>: IntegerTile {
    var left: Left
    var right: Right

    @inline(__always) static var rows: Int { Left.rows }
    @inline(__always) static var blocks: Int { Left.blocks + Right.blocks }
    @inline(__always) static var leftWidth: Int { Left.blocks * Block.sumBytes }

    @inline(__always)
    init(biases: Channels) {
        left = Left(biases: biases)
        right = Right(biases: biases + Left.blocks)
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
        _: R.Type, _ channels: Channels, _ bounds: Bounds, to plane: UnsafeMutablePointer<UInt8>, blockStride: Int,
        offsets: UnsafePointer<Int32>, count: Int
    ) {
        left.store(R.self, channels, bounds, to: plane, blockStride: blockStride, offsets: offsets, count: count)
        right.store(
            R.self, channels + Left.blocks, bounds, to: plane + Left.blocks * blockStride, blockStride: blockStride,
            offsets: offsets, count: count)
    }
}

/// Two tiles of the same width, one above the other.
struct IntegerStack<Top: IntegerTile, Bottom: IntegerTile>: IntegerTile {
    var top: Top
    var bottom: Bottom

    @inline(__always) static var rows: Int { Top.rows + Bottom.rows }
    @inline(__always) static var blocks: Int { Top.blocks }

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
        _: R.Type, _ channels: Channels, _ bounds: Bounds, to plane: UnsafeMutablePointer<UInt8>, blockStride: Int,
        offsets: UnsafePointer<Int32>, count: Int
    ) {
        top.store(R.self, channels, bounds, to: plane, blockStride: blockStride, offsets: offsets, count: count)
        bottom.store(
            R.self, channels, bounds, to: plane, blockStride: blockStride, offsets: offsets + Top.rows,
            count: count - Top.rows)
    }
}

typealias IntegerRows2<Row: IntegerTile> = IntegerStack<Row, Row>
typealias IntegerRows3<Row: IntegerTile> = IntegerStack<IntegerRows2<Row>, Row>
