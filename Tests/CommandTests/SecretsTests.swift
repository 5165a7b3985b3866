import Foundation
import Glibc
import TestSupport
import Testing

/// Words that nobody may see, put wherever a camera or its address can have something secret, are in nothing that the
/// program writes.
@Suite(.enabled(if: Lookout.hasModel, Lookout.noModel), .timeLimit(.minutes(20))) struct SecretsTests {
    /// Every secret has this in it.
    private static let canary = "CANARY"

    @Test func theServiceKeepsThem() throws {
        let server = try Self.server()
        defer { server.stop() }
        try Lookout.withFolder { folder in
            let service = try ServiceProcess(in: folder)
            let sources = Self.sources(server.port).enumerated().map {
                "  s\($0.offset): {address: '\($0.element)', grace: 100ms}"
            }
            try service.configure(
                sources.joined(separator: "\n"),
                more:
                    "log: {level: debug}\nmetrics: {textfile: \(folder)/metrics, interval: 1s}\ndefaults: {read_timeout: 1s, connect_timeout: 5s}"
            )
            try service.start()
            try service.require("every source to be lost") {
                Set(
                    try service.events().filter { $0["type"] as? String == "source_lost" }.compactMap {
                        $0["source"] as? String
                    }
                ).count
                    == sources.count
            }
            try service.requireTold("READY=1")
            let limits = try String(contentsOfFile: "/proc/\(service.pid)/limits", encoding: .utf8)
            let core = limits.components(separatedBy: "\n").first { $0.hasPrefix("Max core file size") } ?? ""
            let numbers = core.components(separatedBy: " ").filter { $0 == "0" }
            #expect(numbers.count == 2, "a core dump is a copy of the memory: \(core)")
            try service.require("the metrics") { FileManager.default.fileExists(atPath: folder + "/metrics") }
            try service.requireTold("STATUS=s0")
            expectAllAsked(server)
            #expect(service.kill(SIGTERM) == 0)
            for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file != "lookout.yaml" {
                expectNone(in: FileManager.default.contents(atPath: folder + "/" + file) ?? Data(), file)
            }
            expectNone(in: Data(service.told.utf8), "what the service manager is told")
            for arguments in [["check", "--probe"], ["check", "--probe", "--json"], ["tail", "-n", "100"]] {
                let path = arguments[0] == "tail" ? service.log : service.configuration
                let outcome = try Lookout.run(Lookout.path, arguments + [path])
                #expect(!outcome.output.isEmpty)
                expectNone(in: Data((outcome.output + outcome.errors).utf8), arguments.joined(separator: " "))
            }
        }
    }

    @Test func watchKeepsThemOfSourcesWithoutNames() throws {
        let server = try Self.server()
        defer { server.stop() }
        let sources = Self.sources(server.port)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Lookout.path)
        process.arguments =
            [
                "watch", "-v", "--grace", "0.1", "--read-timeout", "1", "--connect-timeout", "5", "--model",
                Lookout.model,
            ] + sources
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var text = Data()
        while String(decoding: text, as: UTF8.self).components(separatedBy: "source_lost").count <= sources.count {
            let part = output.fileHandleForReading.availableData
            if part.isEmpty { break }
            text += part
        }
        process.interrupt()
        text += output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        expectNone(in: text, "watch")
        expectAllAsked(server)
        let shown = String(decoding: text, as: UTF8.self)
        #expect(shown.contains("\"source\":\"rtsp://127.0.0.1:\(server.port)#"), "the host and a short hash: \(shown)")
        #expect(
            shown.contains("in the list of processes; put user:password into a file for --credentials"),
            "\(shown)")
    }

    @Test func aPasswordInThePlaceOfAFileIsNotRepeated() throws {
        let outcome = try Lookout.run(
            "watch", "--model", Lookout.model, "--credentials", "admin:CANARY1", "rtsp://127.0.0.1:1/x")
        #expect(outcome.status == EX_NOINPUT)
        #expect(
            outcome.errors.contains("--credentials: no such file; expected the name of a file"),
            "\(outcome.errors)")
        expectNone(in: Data((outcome.output + outcome.errors).utf8), "--credentials")
    }

    // MARK: - Parts

    /// Every secret has been said to a camera, or by one.
    private func expectAllAsked(_ server: ScriptedServer) {
        for place in [
            "/refuse", "/describe", "/redirect", "CANARYpath8", "live.m3u8", "segment.ts", "CANARYquery11",
            "CANARYpath12",
        ] {
            #expect(server.requests.contains { $0.contains(place) }, "nobody has asked for \(place)")
        }
    }

    private func expectNone(in data: Data, _ what: String) {
        let text = String(decoding: data, as: UTF8.self)
        #expect(!text.uppercased().contains(Self.canary), "\(what): \(text)")
        // In base64, as a login is written: three letters of it, wherever they begin.
        for encoded in ["Q0FOQVJZ", "NBTkFSW", "DQU5BUl"] { #expect(!text.contains(encoded), "\(what): \(text)") }
    }

    /// Addresses with secrets in users, passwords, queries and paths, of servers that say more of them.
    private static func sources(_ port: UInt16) -> [String] {
        // What one user was refused is not tried by the other sources of that user.
        func login(_ number: Int) -> String { "CANARYuser1\(number):CANARYpass2" }
        return [
            "rtsp://\(login(1))@127.0.0.1:\(port)/CANARYpath3/refuse?token=CANARYquery4",
            "rtsp://\(login(2))@127.0.0.1:\(port)/user=CANARYuser5_password=CANARYpass6/describe",
            "rtsp://\(login(3))@127.0.0.1:\(port)/CANARYpath7/redirect",
            "rtsp://127.0.0.1:\(port)/CANARYpath8/missing",
            "http://\(login(4))@127.0.0.1:\(port)/CANARYpath9/live.m3u8?token=CANARYquery10",
            "http://127.0.0.1:\(port)/redirect?CANARYquery11",
            "http://127.0.0.1:\(port)/missing/CANARYpath12",
            "rtmp://127.0.0.1:1/live/CANARYkey13",
        ]
    }

    private static func server() throws -> ScriptedServer {
        try ScriptedServer { request in
            let line = request.prefix { !$0.isNewline }
            return line.contains("RTSP/1.0") ? rtsp(String(line), request) : http(String(line), request)
        }
    }

    private static func rtsp(_ line: String, _ request: String) -> [UInt8] {
        let port = line.split(separator: ":").last.map { $0.prefix(while: \.isNumber) } ?? ""
        if line.contains("refuse") {
            return ScriptedServer.rtsp(
                "401 no CANARYpass2 for CANARYuser1 CANARYreason14", to: request,
                headers: ["WWW-Authenticate: Basic realm=\"CANARYrealm15\""])
        }
        if line.contains("redirect") {
            return ScriptedServer.rtsp(
                "302 to CANARYreason16", to: request,
                headers: ["Location: rtsp://CANARYuser17:CANARYpass18@127.0.0.1:1/CANARYpath19?CANARYquery20"])
        }
        if line.hasPrefix("DESCRIBE"), line.contains("describe") {
            let sdp =
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=CANARYsdp21\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                + "a=control:rtsp://CANARYuser22:CANARYpass23@127.0.0.1:\(port)/CANARYcontrol24?CANARYquery25\r\n"
            return ScriptedServer.rtsp("200 OK", to: request, headers: ["Content-Type: application/sdp"], body: sdp)
        }
        if line.hasPrefix("OPTIONS") {
            return ScriptedServer.rtsp("200 OK", to: request, headers: ["Public: DESCRIBE, SETUP, PLAY"])
        }
        return ScriptedServer.rtsp("404 nothing at CANARYreason26 http://a/CANARYpath27?CANARYquery28", to: request)
    }

    private static func http(_ line: String, _ request: String) -> [UInt8] {
        if line.contains("live.m3u8") {
            let playlist =
                "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsegment.ts?sig=CANARYquery29\n#EXTINF:1,\n"
                + "http://CANARYuser30:CANARYpass31@127.0.0.1:1/CANARYpath32.ts?sig=CANARYquery33\n#EXT-X-ENDLIST\n"
            return ScriptedServer.http(
                headers: ["Content-Type: application/vnd.apple.mpegurl"], body: Array(playlist.utf8))
        }
        if line.contains("redirect") {
            return ScriptedServer.http(
                "302 CANARYreason34",
                headers: ["Location: http://CANARYuser35:CANARYpass36@127.0.0.1:1/CANARYpath37?CANARYquery38"])
        }
        return ScriptedServer.http("404 CANARYreason39", headers: ["Set-Cookie: CANARYcookie40=1"])
    }
}
