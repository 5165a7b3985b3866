import Foundation
import Testing

/// Recordings for tests, encoded by ffmpeg.
package enum Recording {
    /// Whether ffmpeg is installed.
    package static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")
    /// Reason to skip tests that need ffmpeg.
    package static let reason: Comment = "ffmpeg is not installed; `make test` installs it"

    /// Calls `body` with a temporary folder and the path of a recording in it: 4 s, whose colors change.
    package static func with(_ body: (String, String) throws -> Void) throws {
        try withFolder { folder in
            let path = folder + "/a.mp4"
            try ffmpeg([
                "-f", "lavfi", "-i", "color=gray:size=64x64:rate=25:duration=4",
                "-vf", "geq=r='128+127*sin(2*T)':g='128+127*sin(3*T+1)':b='128+127*sin(5*T+2)'",
                "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path,
            ])
            try body(folder, path)
        }
    }

    /// Calls `body` with a temporary folder.
    package static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }

    /// Options of ffmpeg for H.264 as cameras send it, with a fast preset.
    package static let h264 = [
        "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "12", "-pix_fmt", "yuv420p",
    ]

    /// Options of ffmpeg for H.265 as cameras send it, with a fast preset.
    package static let h265 = [
        "-c:v", "libx265", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "12", "-pix_fmt", "yuv420p",
        "-x265-params", "log-level=none",
    ]

    /// Encodes a recording of a moving scene.
    package static func file(_ path: String, seconds: Int, rate: Int) throws {
        try ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=\(rate):duration=\(seconds)"] + h264 + [path])
    }

    /// Encodes a recording of a moving scene.
    ///
    /// - Parameter options: options of ffmpeg for filters, codec and container.
    package static func scene(_ path: String, seconds: Int, rate: Int, options: [String]) throws {
        try ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=\(rate):duration=\(seconds)"] + options + [path])
    }

    /// Encodes a transport stream of a moving scene.
    ///
    /// - Parameters:
    ///   - rate: frames per second.
    ///   - offset: time stamp of the first frame, in seconds.
    ///   - options: options of ffmpeg for the codec.
    package static func stream(
        in folder: String, seconds: Int = 2, rate: Int = 25, size: String = "160x120", offset: Int = 0,
        options: [String] = h264
    ) throws -> [UInt8] {
        let path = folder + "/\(UUID().uuidString).ts"
        let source = "testsrc2=size=\(size):rate=\(rate):duration=\(seconds)"
        try ffmpeg(["-f", "lavfi", "-i", source] + options + ["-output_ts_offset", "\(offset)", "-f", "mpegts", path])
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Encodes a recording that moves for two seconds, repeats one frame bit for bit, and moves for two more seconds, at
    /// ten frames per second.
    ///
    /// - Parameters:
    ///   - seconds: duration of the repeated frame.
    ///   - options: options of ffmpeg for a lossless codec, or one that encodes equal frames equally.
    package static func freezing(_ path: String, seconds: Int, options: [String] = ["-c:v", "ffv1"]) throws {
        let scene = "testsrc2=size=160x120:rate=10:duration=4,loop=loop=\(10 * seconds):size=1:start=20"
        try ffmpeg(["-f", "lavfi", "-i", scene] + options + [path])
    }

    /// Encodes two recordings of a moving scene in one file. The time stamps of the second begin at the same value.
    package static func joined(_ path: String, in folder: String, seconds: Int = 4) throws {
        let options = h264 + ["-mpegts_flags", "+initial_discontinuity"]
        let part = try stream(in: folder, seconds: seconds, options: options)
        try Data(part + part).write(to: URL(fileURLWithPath: path))
    }

    /// Encodes a recording that shows image files, one after the other.
    ///
    /// - Parameters:
    ///   - images: paths of the images.
    ///   - seconds: duration of each image.
    package static func slides(_ images: [String], seconds: Double, to path: String) throws {
        let inputs = images.flatMap { ["-loop", "1", "-t", "\(seconds)", "-i", $0] }
        let scaled = images.indices.map { "[\($0)]scale=480:320,setsar=1,fps=25,format=yuv420p[v\($0)];" }
        let joined = images.indices.map { "[v\($0)]" } + ["concat=n=\(images.count)"]
        try ffmpeg(
            inputs + ["-filter_complex", (scaled + joined).joined(), "-c:v", "libx264", "-preset", "veryfast", path])
    }

    /// Repeats a recording in a new file.
    package static func repeated(_ path: String, times: Int, to other: String) throws {
        try ffmpeg(["-stream_loop", "\(times - 1)", "-i", path, "-c", "copy", other])
    }

    /// Failure of ffmpeg, with its exit status.
    private struct Failure: Error { var status: Int32 }

    private static func ffmpeg(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
        process.arguments = ["-v", "error", "-nostdin"] + arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
    }
}
