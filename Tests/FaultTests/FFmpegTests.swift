import Foundation
import TestSupport
import Testing

/// HTTP and TCP cameras, played by ffmpeg.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct FFmpegTests {
    @Test(arguments: Peers.Server.allCases)
    func aServerThatIsKilledIsBackInFiveSeconds(_ kind: Peers.Server) throws {
        try Recording.withFolder { folder in
            let server = try Peers.ffmpeg(kind, in: folder)
            defer { server.kill() }
            try Trial.run(kind.rawValue, camera: kind.url(port: server.port), in: folder) { trial in
                try trial.outage {
                    server.kill()
                } end: {
                    try server.start()
                }
            }
        }
    }
}
