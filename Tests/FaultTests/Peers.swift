import Foundation
import TestSupport
import Testing

/// The cameras of the tests that are other people's servers, and what they need of the machine.
enum Peers {
    /// Whether there is a network to run and a way to make recordings.
    static let canRun = Recording.isAvailable && WatchProcess.hasModel
    static let reason: Comment = "ffmpeg or EfficientNet-Lite0 is not there; `make test` installs and fetches them"

    /// Whether there is GStreamer's RTSP server, with what it needs for a recording.
    static let hasRTSP = canRun && run(python, ["-c", modules]) && run(python, ["-c", elements])
    static let noRTSP: Comment = "GStreamer's RTSP server is not there; `make test` installs it"

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

    /// A camera by RTSP.
    ///
    /// - Parameters:
    ///   - user: who may see it; `nil` for everybody.
    ///   - timestampOffset: the RTP time stamp of its first frame; `nil` for any.
    ///   - sessions: how many there may be at a time, whoever has them; any number if it is `nil`.
    ///   - prefix: a program that runs it, and its arguments.
    ///   - folder: for what it sends.
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

    /// ffmpeg as a server, of one connection: then it is over.
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

    /// - Parameter folder: for what it sends.
    static func ffmpeg(_ server: Server, in folder: String) throws -> PeerProcess {
        let recording = try Scene.file(in: folder)
        return try PeerProcess("/usr/bin/ffmpeg") { port in
            ["-v", "quiet", "-nostdin", "-re", "-i", recording, "-an"] + server.output(port: port)
        }
    }
}
