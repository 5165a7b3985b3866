import Kernels

/// Moves bytes, and does nothing else to them but look them up in a table.
struct ByteRearrangement: BitwiseCopyable {
    enum Kind: BitwiseCopyable {
        /// The input's channels become those of the output from some channel on.
        case channels(from: Int)
        /// The input, read pixel by pixel, becomes rows of as many bytes as the output has channels.
        case rows
        /// Each pixel becomes a square of pixels.
        case enlarge(Int)
    }

    var kind: Kind
    var input: BytePlane
    var channels: Int
    var height: Int
    var width: Int
    var output: MutableBytePlane
    var outputChannels: Int
    /// 256 results.
    var table: UnsafePointer<UInt8>

    func run() {
        switch kind {
        case .channels(let first): copy { channel, row, column in (channel + first, row, column) }
        case .rows: makeRows()
        case .enlarge(let factor):
            for y in 0..<factor {
                for x in 0..<factor { copy { ($0, $1 * factor + y, $2 * factor + x) } }
            }
        }
    }

    /// Each byte to where `place` (channel, row, column) says.
    @inline(__always)
    private func copy(to place: (Int, Int, Int) -> (Int, Int, Int)) {
        for channel in 0..<channels {
            for row in 0..<height {
                for column in 0..<width {
                    let (toChannel, toRow, toColumn) = place(channel, row, column)
                    write(read(channel, row, column), toChannel, toRow, toColumn)
                }
            }
        }
    }

    private func makeRows() {
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
    private func write(_ byte: UInt8, _ channel: Int, _ row: Int, _ column: Int) {
        output.base[channel / 16 * output.blockStride + row * output.rowStride + column * 16 + channel % 16] =
            table[Int(byte)]
    }
}
