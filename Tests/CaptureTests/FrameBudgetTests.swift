import Foundation
import TestSupport
import Testing

@testable import Capture

/// A stream whose frames are too large, or too many, fails by itself and takes no more memory than it may.
@Suite(.enabled(if: Recording.isAvailable, Recording.reason), .timeLimit(.minutes(10))) struct FrameBudgetTests {
    /// Frames of 640x480 of which the decoder has to keep sixteen.
    private static let manyReferences = [
        "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "100", "-pix_fmt", "yuv420p",
        "-x264-params",
        "ref=16:level=6.2",
    ]
    private static let size = PixelSize(width: 640, height: 480)

    @Test(arguments: [Recording.h264, Recording.h265])
    func framesThatAreTooLargeAreRefusedBeforeOneIsDecoded(_ codec: [String]) throws {
        let stream = try Self.stream(codec)
        #expect(
            try failure(of: stream, largest: PixelSize(width: 640, height: 479))
                == "its frames of 640x480 are larger than max_frame_size, which is 640x479; choose a smaller stream of the "
                + "camera, or raise max_frame_size")
        #expect(try failure(of: stream, largest: Self.size) == nil)
    }

    @Test func framesThatAreTooManyAreRefused() throws {
        let stream = try Self.stream(Self.manyReferences)
        let reason = try failure(of: stream, largest: Self.size)
        #expect(
            reason?.hasPrefix("its decoder needs more memory for frames of 640x480 than 8 frames of max_frame_size")
                == true, "\(reason ?? "")")
        #expect(try failure(of: stream, largest: PixelSize(width: 1280, height: 960)) == nil)
    }

    @Test func framesThatBecomeTooLargeAreRefused() throws {
        let small = try Recording.withFolder { try Recording.stream(in: $0, seconds: 2) }
        let large = try Recording.withFolder { try Recording.stream(in: $0, seconds: 2, size: "640x480", offset: 2) }
        let reason = try failure(of: small + large, largest: PixelSize(width: 320, height: 240))
        #expect(reason?.hasPrefix("its frames of 640x") == true, "\(reason ?? "")")
    }

    @Test func theDefaultIsWhatALevelOfH264Keeps() {
        #expect(StreamOptions().maxFrameSize == PixelSize(width: 4096, height: 2304))
    }

    private static func stream(_ codec: [String]) throws -> [UInt8] {
        try Recording.withFolder { try Recording.stream(in: $0, seconds: 2, size: "640x480", options: codec) }
    }

    /// - Returns: why the source failed within forty frames; `nil` if it did not.
    private func failure(of stream: [UInt8], largest: PixelSize) throws -> String? {
        let server = try FaultServer(.serve(stream, seconds: 1))
        defer { server.stop() }
        let source = StreamSource(
            url: try StreamURL(server.url), sampling: .all,
            options: StreamOptions(readTimeout: 30, maxFrameSize: largest),
            interruption: CancellationToken())
        defer { source.close() }
        do {
            try source.open()
            for _ in 0..<70 { _ = try source.nextFrame() }
            return nil
        } catch {
            return "\(error)"
        }
    }
}
