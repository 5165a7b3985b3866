import Foundation
import TestSupport

/// Streams of the cameras: a moving scene at 20 frames per second.
enum Scene {
    /// Duration of ``stream()`` in seconds.
    static let seconds = 100.0
    private static let rate = 20

    private static let long = Result { try make(seconds: Int(seconds)) }

    /// Returns a transport stream that is longer than any test, so that its time stamps never restart.
    static func stream() throws -> [UInt8] { try long.get() }

    /// Returns the behaviour of a camera without a fault.
    static func monotonic() throws -> FaultServer.Behaviour { .serve(try stream(), seconds: seconds) }

    /// Encodes part of a stream.
    ///
    /// - Parameters:
    ///   - offset: time stamp of the first frame, in seconds.
    ///   - isH265: whether the codec is H.265, and not H.264.
    static func part(
        seconds: Int, rate: Int = rate, size: String = "160x120", offset: Int = 0, isH265: Bool = false
    ) throws -> (bytes: [UInt8], seconds: Double) {
        let bytes = try make(seconds: seconds, rate: rate, size: size, offset: offset, isH265: isH265)
        return (bytes, Double(seconds))
    }

    /// Encodes a stream that moves for two seconds, repeats one frame, and moves for two more seconds.
    ///
    /// - Parameters:
    ///   - seconds: duration of the repeated frame.
    ///   - offset: time stamp of the first frame, in seconds.
    static func frozen(seconds: Int, offset: Int) throws -> (bytes: [UInt8], seconds: Double) {
        try Recording.withFolder { folder in
            let path = folder + "/frozen.ts"
            // Lossless key frames: equal frames stay equal, and all have about the same size.
            let options =
                ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "1", "-qp", "0"]
                + ["-pix_fmt", "yuv420p", "-output_ts_offset", "\(offset)", "-f", "mpegts"]
            try Recording.freezing(path, seconds: seconds, options: options)
            return ([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), Double(seconds + 4))
        }
    }

    /// Encodes the scene as a file for GStreamer and ffmpeg.
    static func file(in folder: String) throws -> String {
        let path = folder + "/scene.mp4"
        try Recording.file(path, seconds: Int(seconds), rate: rate)
        return path
    }

    private static func make(
        seconds: Int, rate: Int = rate, size: String = "160x120", offset: Int = 0, isH265: Bool = false
    ) throws -> [UInt8] {
        try Recording.withFolder { folder in
            // At one frame per second, key frames only: they have the same size, and so arrive at equal intervals.
            let options = (isH265 ? Recording.h265 : Recording.h264) + (rate == 1 ? ["-g", "1"] : [])
            return try Recording.stream(
                in: folder, seconds: seconds, rate: rate, size: size, offset: offset, options: options)
        }
    }
}
