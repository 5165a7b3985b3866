import KernelInterface

/// Concatenation, reshape or upsampling of a quantized tensor, with requantization by a lookup table.
struct IntegerRearrangement: BitwiseCopyable {
    enum Kind: BitwiseCopyable {
        /// Copies the channels to the channels of the output from a first channel on.
        case channels(from: Int)
        /// Reshapes the input, in pixel order, to rows with the channels of the output.
        case reshape
        /// Copies each pixel to `factor` × `factor` pixels.
        case upsample(factor: Int)
    }

    var kind: Kind
    var input: BytePlane
    var channels: Int
    var height: Int
    var width: Int
    var output: MutableBytePlane
    var outputChannels: Int
    /// Lookup table, `[256]`.
    var table: UnsafePointer<UInt8>

    func run() {
        switch kind {
        case .channels(let first): copy { channel, row, column in (channel + first, row, column) }
        case .reshape: reshape()
        case .upsample(let factor):
            for y in 0..<factor {
                for x in 0..<factor { copy { ($0, $1 * factor + y, $2 * factor + x) } }
            }
        }
    }

    /// Copies each element to the channel, row and column that `position` returns.
    @inline(__always)
    private func copy(to position: (Int, Int, Int) -> (Int, Int, Int)) {
        for channel in 0..<channels {
            for row in 0..<height {
                for column in 0..<width {
                    let (toChannel, toRow, toColumn) = position(channel, row, column)
                    write(read(channel, row, column), toChannel, toRow, toColumn)
                }
            }
        }
    }

    private func reshape() {
        var (row, column) = (0, 0)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<channels {
                    write(read(channel, y, x), column, row, 0)
                    column += 1
                    if column == outputChannels { (row, column) = (row + 1, 0) }
                }
            }
        }
    }

    @inline(__always)
    private func read(_ channel: Int, _ row: Int, _ column: Int) -> UInt8 {
        input.base[channel / 16 * input.blockStride + row * input.rowStride + column * 16 + channel % 16]
    }

    @inline(__always)
    private func write(_ value: UInt8, _ channel: Int, _ row: Int, _ column: Int) {
        output.base[channel / 16 * output.blockStride + row * output.rowStride + column * 16 + channel % 16] =
            table[Int(value)]
    }
}
