import CFFmpeg
import Testing

@testable import Capture

/// Frames that are equal bit for bit have one hash, and no others.
@Suite(.timeLimit(.minutes(10))) struct FrameHasherTests {
    /// A frame whose pixels and padding are known.
    private func frame(
        _ format: AVPixelFormat, width: Int32 = 100, height: Int32 = 60, padding: UInt8 = 0, alignment: Int32 = 64,
        _ pixel: (_ row: Int, _ byte: Int) -> UInt8 = { UInt8(truncatingIfNeeded: $0 * 7 + $1 * 3) }
    ) throws -> Frame {
        let frame = Frame()
        frame.handle.pointee.format = format.rawValue
        frame.handle.pointee.width = width
        frame.handle.pointee.height = height
        try checked("allocate", av_frame_get_buffer(frame.handle, alignment))
        let rowSize = Int(av_image_get_linesize(format, width, 0))
        let stride = Int(frame.handle.pointee.linesize.0)
        let base = try #require(frame.handle.pointee.data.0)
        for row in 0..<Int(height) {
            for byte in 0..<stride { base[row * stride + byte] = byte < rowSize ? pixel(row, byte) : padding }
        }
        return frame
    }

    private static let formats = [
        AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUYV422, AV_PIX_FMT_RGB24, AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_NV12,
    ]

    @Test func paddingDoesNotCount() throws {
        let hasher = FrameHasher()
        for format in Self.formats {
            let hash = try #require(hasher.hash(try frame(format)))
            #expect(hasher.hash(try frame(format, padding: 99)) == hash)
            #expect(hasher.hash(try frame(format, padding: 7, alignment: 32)) == hash)
        }
    }

    /// The noise of a sensor may change nothing but the lowest bit of a pixel.
    @Test func everyBitCounts() throws {
        let hasher = FrameHasher()
        for format in Self.formats {
            let hash = try #require(hasher.hash(try frame(format)))
            let last = Int(av_image_get_linesize(format, 100, 0)) - 1
            for place in [(0, 0), (0, last), (30, 1), (59, 0), (59, last)] {
                let other = try frame(format) { row, byte in
                    UInt8(truncatingIfNeeded: row * 7 + byte * 3) ^ ((row, byte) == place ? 1 : 0)
                }
                #expect(hasher.hash(other) != hash, "\(format.rawValue) \(place)")
            }
        }
    }

    @Test func sizeAndFormatCount() throws {
        let hasher = FrameHasher()
        let frames = try [
            frame(AV_PIX_FMT_GRAY8) { _, _ in 0 }, frame(AV_PIX_FMT_YUV420P) { _, _ in 0 },
            frame(AV_PIX_FMT_GRAY8, width: 60, height: 100) { _, _ in 0 },
            frame(AV_PIX_FMT_GRAY8, width: 100, height: 61) { _, _ in 0 },
        ]
        #expect(Set(frames.map { hasher.hash($0) }).count == frames.count)
    }

    @Test func aFrameWithoutPixelsHasNone() { #expect(FrameHasher().hash(Frame()) == nil) }
}
