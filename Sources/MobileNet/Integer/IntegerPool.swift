import KernelInterface

/// Global average pooling.
struct IntegerAveragePool: BitwiseCopyable {
    /// Sums the planes to scratch memory.
    var sums: IntegerSumTask
    /// Number of channels.
    var channels: Int
    /// Output, one pixel.
    var output: MutableBytePlane
    /// Whether input and output have different quantizations. If so, it computes as the reference kernel of `MEAN`. If
    /// not, as `AVERAGE_POOL_2D`: the sum divided by the number of pixels, rounded half up.
    var rescales: Bool
    /// Zero points of input and output.
    var zeroPoints: (input: Int32, output: Int32)
    /// Multiplier of the rescaling factor, which includes the number of pixels.
    var multiplier: Int32
    /// Exponent of the rescaling factor.
    var exponent: Int32

    /// Maximum number of pixels for which the sum fits 32 bits.
    static let mostPixels = 1 << 23

    func run(with kernels: IntegerKernelTable) {
        withUnsafePointer(to: sums, kernels.sum)
        let pixels = Int32(sums.height * sums.width)
        var factor = QuantizedMultiplier(0)
        (factor.multiplier, factor.exponent) = (multiplier, exponent)
        for channel in 0..<channels {
            let sum = sums.output[channel]
            let result = output.base + channel / 16 * output.blockStride + channel % 16
            if rescales {
                let mean = factor.times(sum &- zeroPoints.input &* pixels) &+ zeroPoints.output
                result.pointee = UInt8(min(max(mean, 0), 255))
            } else {
                result.pointee = UInt8((sum + pixels / 2) / pixels)
            }
        }
    }

    /// Returns the quotient of the scales, divided by the number of pixels, as TensorFlow Lite's `QuantizedMeanOrSum`
    /// computes it.
    static func factor(from source: Quantization, to target: Quantization, pixels: Int) -> QuantizedMultiplier {
        var factor = QuantizedMultiplier(Double(source.scale) / Double(target.scale))
        let bits = Int32(63 - Int64(pixels).leadingZeroBitCount)
        let shift = max(min(bits, 32, 31 + factor.exponent), 0)
        factor.multiplier = Int32(truncatingIfNeeded: Int64(factor.multiplier) << Int64(shift) / Int64(pixels))
        factor.exponent -= shift
        return factor
    }
}

/// Average pooling or max pooling, as TensorFlow Lite's `AVERAGE_POOL_2D` and `MAX_POOL_2D`.
struct IntegerPool: BitwiseCopyable {
    var input: BytePlane
    var output: MutableBytePlane
    var blocks: Int
    var inputHeight: Int
    var inputWidth: Int
    var outputHeight: Int
    var outputWidth: Int
    var kernelHeight: Int
    var kernelWidth: Int
    var verticalStride: Int
    var horizontalStride: Int
    /// Rows and columns of padding before the input.
    var top: Int
    var left: Int
    var isMaximum: Bool

    func run() {
        for block in 0..<blocks {
            for row in 0..<outputHeight {
                let first = row * verticalStride - top
                let rows = max(first, 0)..<max(min(first + kernelHeight, inputHeight), max(first, 0))
                for column in 0..<outputWidth {
                    let start = column * horizontalStride - left
                    let columns = max(start, 0)..<max(min(start + kernelWidth, inputWidth), max(start, 0))
                    pool(
                        block, rows, columns,
                        output.base + block * output.blockStride + row * output.rowStride + column * 16)
                }
            }
        }
    }

    @inline(__always)
    private func pool(_ block: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ output: UnsafeMutablePointer<UInt8>) {
        var sums = SIMD16<UInt32>(repeating: 0)
        var largest = SIMD16<UInt8>(repeating: 0)
        for row in rows {
            for column in columns {
                let pixel = input.base + block * input.blockStride + row * input.rowStride + column * 16
                let values = UnsafeRawPointer(pixel).loadUnaligned(as: SIMD16<UInt8>.self)
                largest.replace(with: values, where: values .> largest)
                sums &+= SIMD16<UInt32>(truncatingIfNeeded: values)
            }
        }
        if !isMaximum {
            let count = UInt32(max(rows.count * columns.count, 1))
            largest = SIMD16<UInt8>(truncatingIfNeeded: (sums &+ count / 2) / count)
        }
        UnsafeMutableRawPointer(output).storeBytes(of: largest, as: SIMD16<UInt8>.self)
    }
}
