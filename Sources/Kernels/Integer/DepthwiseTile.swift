import KernelInterface

/// Sums of a depthwise convolution: one vector of channels for each of a few neighbouring outputs.
protocol DepthwiseTile {
    /// How many outputs.
    static var outputs: Int { get }

    init(biases: Channels)

    /// One step: the group of pixels at the place of each output, times its weights.
    ///
    /// - Parameter stride: bytes from the window of an output to its neighbour's.
    mutating func add(pixels: UnsafePointer<UInt8>, stride: Int, times weights: UnsafeRawPointer)

    /// Rounds every sum to a byte and stores the outputs, 16 bytes apart.
    func store<R: Rounding>(
        row: UnsafeMutablePointer<UInt8>, _: R.Type, _ channels: Channels, _ bounds: Bounds)
}

extension Sums: DepthwiseTile {
    @inline(__always) static var outputs: Int { 1 }

    @inline(__always)
    mutating func add(pixels: UnsafePointer<UInt8>, stride: Int, times weights: UnsafeRawPointer) {
        add(Values(pixels: pixels), times: weights)
    }

    @inline(__always)
    func store<R: Rounding>(
        row: UnsafeMutablePointer<UInt8>, _: R.Type, _ channels: Channels, _ bounds: Bounds
    ) {
        store(R.self, channels, bounds, to: row)
    }
}

/// Two neighbouring outputs of a window that moves by one pixel: they share a group of pixels.
struct DepthwisePair: DepthwiseTile {
    var first: Sums
    var second: Sums

    @inline(__always) static var outputs: Int { 2 }

    @inline(__always)
    init(biases: Channels) {
        first = biases.bias
        second = first
    }

    @inline(__always)
    mutating func add(pixels: UnsafePointer<UInt8>, stride: Int, times weights: UnsafeRawPointer) {
        let values = Values(pixels: pixels)
        first.add(values, times: weights)
        second.add(values, times: weights + MemoryLayout<Sums>.size)
    }

    @inline(__always)
    func store<R: Rounding>(
        row: UnsafeMutablePointer<UInt8>, _: R.Type, _ channels: Channels, _ bounds: Bounds
    ) {
        first.store(R.self, channels, bounds, to: row)
        second.store(R.self, channels, bounds, to: row + Channels.count)
    }
}

/// More outputs.
struct DepthwiseRow<Left: DepthwiseTile, Right: DepthwiseTile>: DepthwiseTile {
    var left: Left
    var right: Right

    @inline(__always) static var outputs: Int { Left.outputs + Right.outputs }

    @inline(__always)
    init(biases: Channels) {
        left = Left(biases: biases)
        right = Right(biases: biases)
    }

    @inline(__always)
    mutating func add(pixels: UnsafePointer<UInt8>, stride: Int, times weights: UnsafeRawPointer) {
        left.add(pixels: pixels, stride: stride, times: weights)
        right.add(pixels: pixels + Left.outputs * stride, stride: stride, times: weights)
    }

    @inline(__always)
    func store<R: Rounding>(
        row: UnsafeMutablePointer<UInt8>, _: R.Type, _ channels: Channels, _ bounds: Bounds
    ) {
        left.store(row: row, R.self, channels, bounds)
        right.store(row: row + Left.outputs * Channels.count, R.self, channels, bounds)
    }
}

typealias Depthwise2<Part: DepthwiseTile> = DepthwiseRow<Part, Part>
typealias Depthwise3<Part: DepthwiseTile> = DepthwiseRow<Depthwise2<Part>, Part>
typealias Depthwise4<Part: DepthwiseTile> = DepthwiseRow<Depthwise2<Part>, Depthwise2<Part>>
typealias Depthwise7<Part: DepthwiseTile> = DepthwiseRow<Depthwise4<Part>, Depthwise3<Part>>
