import Foundation
import Glibc
import TestSupport
import Testing

/// Cameras that refuse the login, and what a service does about it.
@Suite(.enabled(if: Lookout.hasModel && Recording.isAvailable, Lookout.noMedia), .timeLimit(.minutes(20)))
struct LoginTests {
    /// A camera that lets in who has the right password, and counts who asks.
    private static func camera(password: String, in folder: String) throws -> ScriptedServer {
        let stream = try Recording.stream(in: folder, seconds: 4)
        let login = Data("admin:\(password)".utf8).base64EncodedString()
        return try ScriptedServer { request in
            guard request.contains("Authorization: Basic \(login)\r\n") else {
                return ScriptedServer.http("401 Unauthorized", headers: ["WWW-Authenticate: Basic realm=\"camera\""])
            }
            return ScriptedServer.http(headers: ["Content-Type: video/mp2t"], body: stream)
        }
    }

    private static func logins(_ camera: ScriptedServer) -> Int {
        camera.requests.count { $0.contains("Authorization:") }
    }

    private static func write(_ password: String, _ folder: String) throws {
        try Data("admin:\(password)\n".utf8).write(to: URL(fileURLWithPath: folder + "/login"))
    }

    /// Sources of one camera, all with the login that is in a file.
    private static func start(_ count: Int, of camera: ScriptedServer, in folder: String) throws -> ServiceProcess {
        let service = try ServiceProcess(in: folder)
        let sources = (1...count).map {
            "  channel\($0): {address: 'http://127.0.0.1:\(camera.port)/\($0)', credentials: \(folder)/login, grace: 100ms}"
        }
        try service.configure(sources.joined(separator: "\n"))
        try service.start()
        try service.require("all sources to be lost") { try names(service, "source_lost").count == count }
        return service
    }

    private static func names(_ service: ServiceProcess, _ type: String) throws -> Set<String> {
        Set(try service.events().filter { $0["type"] as? String == type }.compactMap { $0["source"] as? String })
    }

    @Test func aRightPasswordIsTriedAtOnceAfterAReload() throws {
        try Lookout.withFolder { folder in
            let camera = try Self.camera(password: "hunter2", in: folder)
            defer { camera.stop() }
            try Self.write("hunter1", folder)
            let service = try Self.start(1, of: camera, in: folder)
            try service.requireTold("READY=1")
            #expect(Self.logins(camera) == 1)
            #expect(try service.events().contains { ($0["reason"] as? String)?.contains("next login in 30 s") == true })
            try Self.write("hunter2", folder)
            let start = Date()
            service.signal(SIGHUP)
            try service.require("the source") { try Self.names(service, "source_found") == ["channel1"] }
            #expect(Date().timeIntervalSince(start) < 20, "and not after the 30 s that it would have to wait")
            #expect(service.kill(SIGTERM) == 0)
        }
    }

    /// Sixteen channels of one recorder are one login until it is known to be right.
    @Test func channelsOfOneRecorderTryAWrongPasswordOnce() throws {
        try Lookout.withFolder { folder in
            let camera = try Self.camera(password: "hunter2", in: folder)
            defer { camera.stop() }
            try Self.write("hunter1", folder)
            let service = try Self.start(4, of: camera, in: folder)
            try service.requireTold("READY=1")
            sleep(3)  // no second login may follow
            #expect(Self.logins(camera) == 1, "\(service.errors)")
            let reasons = try service.events().compactMap { $0["reason"] as? String }
            #expect(reasons.count == 4 && reasons.allSatisfy { $0.contains("login refused: ") }, "\(reasons)")

            service.signal(SIGHUP)
            try service.require("another login") { Self.logins(camera) > 1 }
            sleep(2)  // no third login may follow
            #expect(Self.logins(camera) == 2, "one for each reload")
            try Self.write("hunter2", folder)
            service.signal(SIGHUP)
            try service.require("all sources") { try Self.names(service, "source_found").count == 4 }
            #expect(service.kill(SIGTERM) == 0)
        }
    }
}
