import Basics
import Capture
import Glibc

/// Motion gate of a source with the buffers it keeps between frames.
struct MotionDetector {
    /// State that depends on the frames before.
    var gate: MotionGate
    private var grid = LumaGrid()
    private let reducer = LumaReducer()
    /// Whether frames without motion are no samples.
    private let skips: Bool

    /// - Parameters:
    ///   - settings: settings of the gate. One that is off lets every frame pass.
    ///   - findsAreas: whether the places of motion are wanted, also if the gate is off.
    init(_ settings: MotionSettings, findsAreas: Bool) {
        skips = settings.enabled
        var settings = settings
        settings.enabled = settings.enabled || findsAreas
        gate = MotionGate(settings: settings)
    }

    /// Forgets the scene: the next frame counts as the first.
    mutating func reset() { gate.reset() }

    /// Judges a frame.
    ///
    /// - Parameter time: in seconds, by the monotonic clock.
    /// - Returns: whether the frame is to be sampled, and the places of motion.
    mutating func observe(_ frame: Frame, at time: Double) -> (isSample: Bool, areas: [BoundingBox]) {
        guard gate.settings.enabled else { return (true, []) }
        do {
            try reducer.reduce(frame, into: &grid)
        } catch {
            return (true, [])  // a frame that cannot be judged is sampled
        }
        let verdict = gate.observe(grid, at: time)
        return (verdict.classifies || !skips, verdict.areas)
    }
}

/// Filters frames that need no inference, by the pixels that the network would get.
struct DuplicateFrameFilter {
    enum Verdict: Equatable {
        case new
        /// Every pixel equals that of the frame before, so the scores would be equal too.
        case repeated
        /// One colour all over: a placeholder, a lens cap, a decoder without a frame yet.
        case blank
    }

    /// Largest difference between the lightest and the darkest pixel of a blank frame, of 255, in each channel.
    private static let blankRange: UInt8 = 10

    private var lastHash: UInt64?

    mutating func check(_ image: PixelBuffer) -> Verdict {
        if Self.isBlank(image) {
            lastHash = nil
            return .blank
        }
        let hash = Self.hash(image)
        defer { lastHash = hash }
        return hash == lastHash ? .repeated : .new
    }

    private static func isBlank(_ image: PixelBuffer) -> Bool {
        var lowest: (UInt8, UInt8, UInt8) = (255, 255, 255)
        var highest: (UInt8, UInt8, UInt8) = (0, 0, 0)
        for index in 0..<image.height {
            let row = image.row(index)
            for pixel in stride(from: 0, to: row.count, by: 3) {
                lowest = (min(lowest.0, row[pixel]), min(lowest.1, row[pixel + 1]), min(lowest.2, row[pixel + 2]))
                highest = (max(highest.0, row[pixel]), max(highest.1, row[pixel + 1]), max(highest.2, row[pixel + 2]))
            }
            // A row or two settle it for nearly every frame.
            guard highest.0 - lowest.0 <= blankRange, highest.1 - lowest.1 <= blankRange,
                highest.2 - lowest.2 <= blankRange
            else { return false }
        }
        return true
    }

    /// Hashes eight bytes at a time, each step mixed as in FNV-1a with a wider multiplier.
    private static func hash(_ image: PixelBuffer) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in 0..<image.height {
            let row = UnsafeRawBufferPointer(image.row(index))
            for offset in stride(from: 0, to: row.count & ~7, by: 8) {
                hash = (hash ^ row.load(fromByteOffset: offset, as: UInt64.self)) &* 0xD6E8_FEB8_6659_FD93
                hash ^= hash >> 32
            }
            for offset in row.count & ~7..<row.count { hash = (hash ^ UInt64(row[offset])) &* 0x100_0000_01B3 }
        }
        return hash
    }
}
