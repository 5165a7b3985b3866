import Kernels

/// The mean of each channel over its plane.
struct IntegerAveragePool: BitwiseCopyable {
    /// The planes; their sums go to the scratch memory that is its output.
    var sums: IntegerSumTask
    /// Channels that there are.
    var channels: Int
    /// One pixel.
    var output: MutableBytePlane
    /// Without rescaling, the mean is the sum divided by the number of pixels, rounded half up:
    /// `AVERAGE_POOL_2D`. With it, the reference kernel of `MEAN`.
    var rescales: Bool
    /// The zero points of input and output.
    var zeroPoints: (input: Int32, output: Int32)
    /// Of rescaling: the factor, with the number of pixels in it.
    var multiplier: Int32
    /// Of rescaling.
    var exponent: Int32

    /// The sum of more bytes may not fit 32 bits.
    static let mostPixels = 1 << 23

    func run(with kernels: IntegerKernelTable) {
        withUnsafePointer(to: sums, kernels.sum)
        let pixels = Int32(sums.height * sums.width)
        var factor = QuantizedMultiplier(0)
        (factor.multiplier, factor.exponent) = (multiplier, exponent)
        for channel in 0..<channels {
            let sum = sums.output[channel]
            let place = output.base + channel / 16 * output.blockStride + channel % 16
            if rescales {
                let byte = factor.times(sum &- zeroPoints.input &* pixels) &+ zeroPoints.output
                place.pointee = UInt8(min(max(byte, 0), 255))
            } else {
                place.pointee = UInt8((sum + pixels / 2) / pixels)
            }
        }
    }

    /// The factor of `QuantizedMeanOrSum`: that between the scales, divided by the number of pixels.
    static func factor(from source: Quantization, to target: Quantization, pixels: Int) -> QuantizedMultiplier {
        var factor = QuantizedMultiplier(Double(source.scale) / Double(target.scale))
        let bits = Int32(63 - Int64(pixels).leadingZeroBitCount)
        let shift = max(min(bits, 32, 31 + factor.exponent), 0)
        factor.multiplier = Int32(truncatingIfNeeded: Int64(factor.multiplier) << Int64(shift) / Int64(pixels))
        factor.exponent -= shift
        return factor
    }
}

/// The mean or the largest of what a window covers of the image: `AVERAGE_POOL_2D` and `MAX_POOL_2D`.
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
    /// Rows and columns of the window that lie outside at the first output.
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
    private func pool(_ block: Int, _ rows: Range<Int>, _ columns: Range<Int>, _ place: UnsafeMutablePointer<UInt8>) {
        var sums = SIMD16<UInt32>(repeating: 0)
        var largest = SIMD16<UInt8>(repeating: 0)
        for row in rows {
            for column in columns {
                let pixel = input.base + block * input.blockStride + row * input.rowStride + column * 16
                let bytes = UnsafeRawPointer(pixel).loadUnaligned(as: SIMD16<UInt8>.self)
                largest.replace(with: bytes, where: bytes .> largest)
                sums &+= SIMD16<UInt32>(truncatingIfNeeded: bytes)
            }
        }
        if !isMaximum {
            let count = UInt32(max(rows.count * columns.count, 1))
            largest = SIMD16<UInt8>(truncatingIfNeeded: (sums &+ count / 2) / count)
        }
        UnsafeMutableRawPointer(place).storeBytes(of: largest, as: SIMD16<UInt8>.self)
    }
}

/// Softmax over the channels of each pixel.
struct SoftmaxPixels: BitwiseCopyable {
    var softmax: IntegerSoftmax
    var input: BytePlane
    var output: MutableBytePlane
    var channels: Int
    var height: Int
    var width: Int

    func run() {
        for row in 0..<height {
            for column in 0..<width {
                let from = input.base + row * input.rowStride + column * 16
                let to = output.base + row * output.rowStride + column * 16
                softmax.run(
                    count: channels, read: { from[$0 / 16 * input.blockStride + $0 % 16] },
                    write: { to[$0 / 16 * output.blockStride + $0 % 16] = $1 })
            }
        }
    }
}
