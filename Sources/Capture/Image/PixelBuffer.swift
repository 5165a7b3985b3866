/// Image in memory: interleaved 8-bit RGB, `[height, width, 3]` with padded rows.
///
/// It does not synchronize: its owner makes sure that no thread writes to it while another uses it.
package final class PixelBuffer: @unchecked Sendable {
    /// Width, in pixels.
    package let width: Int
    /// Height, in pixels.
    package let height: Int
    /// Stride of rows, in bytes.
    package let bytesPerRow: Int
    /// First pixel. Every row is aligned to 64 bytes.
    package let base: UnsafeMutablePointer<UInt8>

    private static let alignment = 64

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bytesPerRow = (3 * width + Self.alignment - 1) / Self.alignment * Self.alignment
        // One more row, as libswscale writes whole vectors and may write past the end of the last row.
        let size = (height + 1) * bytesPerRow
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: Self.alignment)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        base = raw.bindMemory(to: UInt8.self, capacity: size)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    /// Returns the pixels of a row, without its padding.
    package func row(_ index: Int) -> UnsafeMutableBufferPointer<UInt8> {
        UnsafeMutableBufferPointer(start: base + index * bytesPerRow, count: 3 * width)
    }

    /// Fills the image with one colour.
    package func fill(_ colour: (UInt8, UInt8, UInt8)) {
        for index in 0..<height {
            let row = row(index)
            for column in 0..<width {
                row[3 * column] = colour.0
                row[3 * column + 1] = colour.1
                row[3 * column + 2] = colour.2
            }
        }
    }
}
