import Foundation
import TestSupport
import Testing

/// Cameras played by servers of other projects, and their requirements.
enum Peers {
    /// Whether ffmpeg and the model are installed.
    static let canRun = Recording.isAvailable && WatchProcess.hasModel
    static let reason: Comment = "ffmpeg or EfficientNet-Lite0 is not installed; `make test` installs both"

    /// Whether GStreamer's RTSP server and its elements are installed, too.
    static let hasRTSP = canRun && run(python, ["-c", modules]) && run(python, ["-c", elements])
    static let noRTSP: Comment = "GStreamer's RTSP server is not installed; `make test` installs it"

    private static let python = "/usr/bin/python3"
    private static let modules = "import gi; gi.require_version('GstRtspServer', '1.0')"
    private static let elements = """
        import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst; Gst.init(None)
        for name in ('qtdemux', 'h264parse', 'rtph264pay', 'rtpbin', 'udpsink', 'appsink'):
            assert Gst.ElementFactory.find(name), name
        """

    private static func run(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Starts an RTSP camera.
    ///
    /// - Parameters:
    ///   - user: user name; `nil` for a camera without login.
    ///   - password: password of the user.
    ///   - timestampOffset: RTP time stamp of the first frame; `nil` for a random one.
    ///   - sessions: maximum number of sessions; `nil` for no limit.
    ///   - prefix: command that executes the server.
    ///   - folder: folder for the recording.
    static func rtsp(
        user: String? = nil, password: String = "", timestampOffset: Int? = nil, sessions: Int? = nil,
        prefix: [String] = [], in folder: String
    ) throws -> PeerProcess {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Peers/rtsp-server.py").path
        let recording = try Scene.file(in: folder)
        let options =
            (timestampOffset.map { ["--timestamp-offset", "\($0)"] } ?? [])
            + (sessions.map { ["--sessions", "\($0)"] } ?? [])
        let command = prefix + [python]
        return try PeerProcess(command[0]) { port in
            command.dropFirst() + [script] + options + ["\(port)", recording] + (user.map { [$0, password] } ?? [])
        }
    }

    /// Protocols of ffmpeg as a server. It exits after one connection.
    enum Server: String, CaseIterable {
        case httpTransportStream = "ffmpeg: MPEG-TS by HTTP, killed"
        case httpMotionJPEG = "ffmpeg: Motion JPEG by HTTP, killed"
        case tcpTransportStream = "ffmpeg: MPEG-TS by TCP, killed"

        func url(port: UInt16) -> String {
            self == .tcpTransportStream ? "tcp://127.0.0.1:\(port)" : "http://127.0.0.1:\(port)/live"
        }

        fileprivate func output(port: UInt16) -> [String] {
            switch self {
            case .httpTransportStream: ["-c", "copy", "-f", "mpegts", "-listen", "1", url(port: port)]
            case .httpMotionJPEG: ["-c:v", "mjpeg", "-f", "mpjpeg", "-listen", "1", url(port: port)]
            case .tcpTransportStream: ["-c", "copy", "-f", "mpegts", url(port: port) + "?listen=1"]
            }
        }
    }

    /// Starts ffmpeg as a server.
    ///
    /// - Parameter folder: folder for the recording.
    static func ffmpeg(_ server: Server, in folder: String) throws -> PeerProcess {
        let recording = try Scene.file(in: folder)
        return try PeerProcess("/usr/bin/ffmpeg") { port in
            ["-v", "quiet", "-nostdin", "-re", "-i", recording, "-an"] + server.output(port: port)
        }
    }
}
