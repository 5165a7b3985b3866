import Capture
import Glibc

/// Tells frames that are worth looking at from those that are not, by the pixels that the network would see.
struct DuplicateFrameFilter {
    enum Verdict: Equatable {
        case new
        /// Every pixel is as it was in the frame before: so will the scores be.
        case repeated
        /// One colour all over: a placeholder, a lens cap, a decoder that has nothing yet.
        case blank
    }

    /// How far apart the lightest and the darkest pixel of a blank frame may be, of 255.
    private static let blankRange: UInt8 = 10

    private var lastHash: UInt64?

    mutating func check(_ picture: PixelBuffer) -> Verdict {
        if Self.isBlank(picture) {
            lastHash = nil
            return .blank
        }
        let hash = Self.hash(picture)
        defer { lastHash = hash }
        return hash == lastHash ? .repeated : .new
    }

    private static func isBlank(_ picture: PixelBuffer) -> Bool {
        var lowest: (UInt8, UInt8, UInt8) = (255, 255, 255)
        var highest: (UInt8, UInt8, UInt8) = (0, 0, 0)
        for index in 0..<picture.height {
            let row = picture.row(index)
            for pixel in stride(from: 0, to: row.count, by: 3) {
                lowest = (min(lowest.0, row[pixel]), min(lowest.1, row[pixel + 1]), min(lowest.2, row[pixel + 2]))
                highest = (max(highest.0, row[pixel]), max(highest.1, row[pixel + 1]), max(highest.2, row[pixel + 2]))
            }
            // A row or two are enough for nearly every frame.
            guard highest.0 - lowest.0 <= blankRange, highest.1 - lowest.1 <= blankRange,
                highest.2 - lowest.2 <= blankRange
            else { return false }
        }
        return true
    }

    /// Eight bytes at a time, each step mixed as in FNV-1a with a wider multiplier.
    private static func hash(_ picture: PixelBuffer) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in 0..<picture.height {
            let row = UnsafeRawBufferPointer(picture.row(index))
            for offset in stride(from: 0, to: row.count & ~7, by: 8) {
                hash = (hash ^ row.load(fromByteOffset: offset, as: UInt64.self)) &* 0xD6E8_FEB8_6659_FD93
                hash ^= hash >> 32
            }
            for offset in row.count & ~7..<row.count { hash = (hash ^ UInt64(row[offset])) &* 0x100_0000_01B3 }
        }
        return hash
    }
}
