/// A frame in memory: interleaved 8-bit RGB.
///
/// Whoever holds it decides who may write to it when; it hands out pointers, not access.
package final class PixelBuffer: @unchecked Sendable {
    /// Pixels in a row.
    package let width: Int
    /// Rows.
    package let height: Int
    /// From the start of a row to that of the next.
    package let bytesPerRow: Int
    /// The first pixel. The rows start on cache lines.
    package let base: UnsafeMutablePointer<UInt8>

    private static let alignment = 64

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bytesPerRow = (3 * width + Self.alignment - 1) / Self.alignment * Self.alignment
        // libswscale writes whole vectors, which may reach past the last row.
        let size = (height + 1) * bytesPerRow
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: Self.alignment)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        base = raw.bindMemory(to: UInt8.self, capacity: size)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    /// The bytes of a row.
    package func row(_ index: Int) -> UnsafeMutableBufferPointer<UInt8> {
        UnsafeMutableBufferPointer(start: base + index * bytesPerRow, count: 3 * width)
    }

    /// Gives every pixel one colour.
    func fill(_ colour: (UInt8, UInt8, UInt8)) {
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
