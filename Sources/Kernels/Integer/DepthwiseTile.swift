import KernelInterface

/// Scheme in which neighbouring outputs of a depthwise convolution read their inputs.
protocol DepthwiseReading {
    /// Number of neighbouring outputs that share a group of pixels.
    static var phases: Int { get }
}

/// Each output reads its own pixels.
enum DepthwiseAlone: DepthwiseReading {
    @inline(__always) static var phases: Int { 1 }
}

/// With stride 1, two neighbouring outputs share a group of pixels.
enum DepthwisePair: DepthwiseReading {
    @inline(__always) static var phases: Int { 2 }
}

/// Register tile of a depthwise convolution: sums of a block of channels for some neighbouring outputs.
protocol DepthwiseTile {
    /// Number of outputs.
    static var outputs: Int { get }

    /// Initializes all outputs with the biases of the channels.
    init(biases: Channels)

    /// Adds a step: for each output, a group of pixels times its weights.
    ///
    /// - Parameter stride: the distance between the receptive fields of neighbouring outputs, in bytes.
    mutating func add<R: DepthwiseReading>(
        _: R.Type, pixels: UnsafePointer<UInt8>, stride: Int, times weights: UnsafeRawPointer)

    /// Requantizes the sums and stores the first `count` outputs contiguously.
    func store<R: Rounding>(
        row: UnsafeMutablePointer<UInt8>, _: R.Type, _ channels: Channels, _ bounds: Bounds, count: Int)
}

extension Four: DepthwiseTile where Left == Sums, Right == Sums {
    @inline(__always) static var outputs: Int { rows }

    @inline(__always)
    mutating func add<R: DepthwiseReading>(
        _: R.Type, pixels: UnsafePointer<UInt8>, stride: Int, times weights: UnsafeRawPointer
    ) {
        a.add(Self.values(R.self, 0, pixels, stride), times: Self.weights(R.self, 0, weights))
        b.add(Self.values(R.self, 1, pixels, stride), times: Self.weights(R.self, 1, weights))
        c.add(Self.values(R.self, 2, pixels, stride), times: Self.weights(R.self, 2, weights))
        d.add(Self.values(R.self, 3, pixels, stride), times: Self.weights(R.self, 3, weights))
    }

    /// Returns the pixels for vector `index`. Pixels that two vectors share are loaded once, as the address is the same.
    @inline(__always)
    private static func values<R: DepthwiseReading>(
        _: R.Type, _ index: Int, _ pixels: UnsafePointer<UInt8>, _ stride: Int
    ) -> Values {
        let output = index / Block.vectors / R.phases * R.phases
        return Values(pixels: pixels + output * stride + index % Block.vectors * Sums.scalarCount)
    }

    @inline(__always)
    private static func weights<R: DepthwiseReading>(
        _: R.Type, _ index: Int, _ weights: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        weights + (index / Block.vectors % R.phases * Block.vectors + index % Block.vectors) * MemoryLayout<Sums>.size
    }

    @inline(__always)
    func store<R: Rounding>(
        row: UnsafeMutablePointer<UInt8>, _: R.Type, _ channels: Channels, _ bounds: Bounds, count: Int
    ) {
        let bytes = bytes(R.self, channels, bounds)
        if count >= Self.rows {
            UnsafeMutableRawPointer(row).storeBytes(of: bytes, as: Values.self)
        } else {
            for pixel in 0..<max(count, 0) { bytes.store(pixel: pixel, to: row + pixel * Block.channels) }
        }
    }
}

/// Two tiles of neighbouring outputs.
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
    mutating func add<R: DepthwiseReading>(
        _: R.Type, pixels: UnsafePointer<UInt8>, stride: Int, times weights: UnsafeRawPointer
    ) {
        left.add(R.self, pixels: pixels, stride: stride, times: weights)
        right.add(R.self, pixels: pixels + Left.outputs * stride, stride: stride, times: weights)
    }

    @inline(__always)
    func store<R: Rounding>(
        row: UnsafeMutablePointer<UInt8>, _: R.Type, _ channels: Channels, _ bounds: Bounds, count: Int
    ) {
        left.store(row: row, R.self, channels, bounds, count: count)
        right.store(
            row: row + Left.outputs * Block.channels, R.self, channels, bounds, count: count - Left.outputs)
    }
}

typealias Depthwise2<Part: DepthwiseTile> = DepthwiseRow<Part, Part>
typealias Depthwise3<Part: DepthwiseTile> = DepthwiseRow<Depthwise2<Part>, Part>
