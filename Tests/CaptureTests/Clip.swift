import Foundation
import Testing

/// Clips that ffmpeg makes for a test, and what ffprobe says of them. Both are Debian's, built on the
/// libraries that the code under test uses, but with an interface and a history of their own.
struct Clip {
    let path: String

    static let isAvailable = find("ffmpeg") != nil && find("ffprobe") != nil
    static let reason: Comment = "ffmpeg and ffprobe are not installed; `make test` installs them"

    /// Calls `body` with a clip that is gone afterwards.
    ///
    /// - Parameters:
    ///   - name: the file's name, whose ending says the container.
    ///   - arguments: everything of ffmpeg's command line but the output.
    static func with(_ name: String, _ arguments: [String], _ body: (Clip) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("clip-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let clip = Clip(path: folder.appendingPathComponent(name).path)
        _ = try run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments + [clip.path])
        try body(clip)
    }

    /// The same streams in another file beside it.
    func remuxed(_ name: String, _ options: [String]) throws -> Clip {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let other = Clip(path: folder.appendingPathComponent("remuxed-" + name).path)
        _ = try Self.run(
            "ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", path, "-c", "copy"] + options + [other.path])
        return other
    }

    /// The bytes, changed, as another file beside it.
    func changed(_ change: (inout [UInt8]) -> Void) throws -> Clip {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        change(&bytes)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let other = folder.appendingPathComponent("changed-" + URL(fileURLWithPath: path).lastPathComponent)
        try Data(bytes).write(to: other)
        return Clip(path: other.path)
    }

    /// The time stamps of all frames, as ffprobe sees them; where a frame has none, its guess, if it has one.
    func times(_ options: [String] = []) throws -> [Double?] {
        let arguments =
            ["-v", "quiet", "-select_streams", "v:0"] + options
            + ["-show_entries", "frame=pts_time,best_effort_timestamp_time", "-of", "csv=p=0", path]
        return try Self.run("ffprobe", arguments).split(whereSeparator: \.isNewline).map { line in
            line.split(separator: ",").lazy.compactMap { Double($0) }.first
        }
    }

    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(find(program)))
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments.joined(separator: " "))")
        return String(decoding: output, as: UTF8.self)
    }

    private static func find(_ program: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
            .first(where: FileManager.default.isExecutableFile(atPath:))
    }
}

extension Clip {
    /// A test frame that moves, `seconds` long.
    static func testSource(seconds: Double = 2, rate: Int = 25, size: String = "320x240") -> [String] {
        ["-f", "lavfi", "-i", "testsrc2=duration=\(seconds):rate=\(rate):size=\(size)"]
    }

    /// H.264 with a key frame every `interval` frames.
    static func h264(keyInterval interval: Int = 10, bFrames: Int = 2) -> [String] {
        ["-c:v", "libx264", "-preset", "ultrafast", "-g", "\(interval)", "-bf", "\(bFrames)", "-pix_fmt", "yuv420p"]
    }
}
