import Foundation
import Testing

/// A recording of four seconds whose colours change.
enum Recording {
    static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")
    static let reason: Comment = "ffmpeg is not installed; `make test` installs it"

    /// Calls `body` with a folder and the path of a recording in it. Both are gone afterwards.
    static func with(_ body: (String, String) throws -> Void) throws {
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

    /// Calls `body` with a folder that is gone afterwards.
    static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    /// A transport stream with a scene in it that moves.
    ///
    /// - Parameters:
    ///   - offset: the time stamp of its first picture, in seconds.
    ///   - options: of ffmpeg, for the codec.
    static func stream(
        in folder: String, seconds: Int = 2, rate: Int = 25, size: String = "160x120", offset: Int = 0,
        options: [String] = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "12", "-pix_fmt", "yuv420p"]
    ) throws -> [UInt8] {
        let path = folder + "/\(UUID().uuidString).ts"
        let source = "testsrc2=size=\(size):rate=\(rate):duration=\(seconds)"
        try ffmpeg(["-f", "lavfi", "-i", source] + options + ["-output_ts_offset", "\(offset)", "-f", "mpegts", path])
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// The same recording again and again, as one.
    static func repeated(_ path: String, times: Int, to other: String) throws {
        try ffmpeg(["-stream_loop", "\(times - 1)", "-i", path, "-c", "copy", other])
    }

    private static func ffmpeg(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
        process.arguments = ["-v", "error", "-nostdin"] + arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
