import Foundation
import TestSupport

/// What the cameras of the tests show: a scene that moves, twenty frames a second. Each is made once.
enum Scene {
    /// How long ``stream()`` is.
    static let seconds = 100.0
    private static let rate = 20

    private static let long = Result { try make(seconds: Int(seconds)) }

    /// A transport stream that is longer than any test, so that its time stamps never begin again.
    static func stream() throws -> [UInt8] { try long.get() }

    /// A camera without a fault.
    static func monotonic() throws -> FaultServer.Behaviour { .serve(try stream(), seconds: seconds) }

    /// Part of a stream.
    ///
    /// - Parameters:
    ///   - offset: the time stamp of its first frame, in seconds.
    ///   - isH265: whether it is encoded as H.265, and not as H.264.
    static func part(
        seconds: Int, rate: Int = rate, size: String = "160x120", offset: Int = 0, isH265: Bool = false
    ) throws -> (bytes: [UInt8], seconds: Double) {
        let bytes = try make(seconds: seconds, rate: rate, size: size, offset: offset, isH265: isH265)
        return (bytes, Double(seconds))
    }

    /// Two seconds that move, some in which every frame is the same, and two that move.
    ///
    /// - Parameter offset: the time stamp of its first frame, in seconds.
    static func frozen(seconds: Int, offset: Int) throws -> (bytes: [UInt8], seconds: Double) {
        try Recording.withFolder { folder in
            let path = folder + "/frozen.ts"
            // Without loss, and each frame by itself: equal frames stay equal, and all are about as large.
            let options =
                ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "1", "-qp", "0"]
                + ["-pix_fmt", "yuv420p", "-output_ts_offset", "\(offset)", "-f", "mpegts"]
            try Recording.freezing(path, seconds: seconds, options: options)
            return ([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), Double(seconds + 4))
        }
    }

    /// The same as a recording in a file that GStreamer and ffmpeg can read.
    static func file(in folder: String) throws -> String {
        let path = folder + "/scene.mp4"
        try Recording.file(path, seconds: Int(seconds), rate: rate)
        return path
    }

    private static func make(
        seconds: Int, rate: Int = rate, size: String = "160x120", offset: Int = 0, isH265: Bool = false
    ) throws -> [UInt8] {
        try Recording.withFolder { folder in
            // All frames of a slow camera are of a size, and so are the times between them.
            let options = (isH265 ? Recording.h265 : Recording.h264) + (rate == 1 ? ["-g", "1"] : [])
            return try Recording.stream(
                in: folder, seconds: seconds, rate: rate, size: size, offset: offset, options: options)
        }
    }
}
