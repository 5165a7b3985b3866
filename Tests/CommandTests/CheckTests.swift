import Foundation
import Glibc
import Testing

/// `lookout check`: what it prints where, and its status.
@Suite(.enabled(if: Lookout.hasModel, Lookout.noModel), .timeLimit(.minutes(20))) struct CheckTests {
    private func check(_ yaml: String, _ options: String...) throws -> Lookout.Outcome {
        var outcome: Lookout.Outcome?
        try Lookout.withFolder { folder in
            let path = folder + "/lookout.yaml"
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
            let run = try Lookout.run(Lookout.path, ["check", path] + options)
            outcome = Lookout.Outcome(
                status: run.status, output: run.output.replacingOccurrences(of: folder + "/", with: ""),
                errors: run.errors.replacingOccurrences(of: folder + "/", with: ""))
        }
        return try #require(outcome)
    }

    @Test func aGoodOneIsOK() throws {
        let outcome = try check("sources: {door: rtsp://a/b, yard: {address: rtsp://a/c, enabled: off}}")
        #expect(outcome.status == 0 && outcome.errors == "")
        #expect(
            outcome.output
                == "lookout.yaml: ok, 2 sources (1 of them enabled), model efficientnet-lite0 (classification)\n")
        #expect(
            try check("sources: {door: rtsp://a/b}").output
                == "lookout.yaml: ok, 1 source, model efficientnet-lite0 (classification)\n")
    }

    @Test func aWarningIsNoFailure() throws {
        let outcome = try check("sources: {door: rtsp://user:hunter2@a/b}")
        #expect(
            outcome.status == 0
                && outcome.output == "lookout.yaml: ok, 1 source, model efficientnet-lite0 (classification)\n")
        #expect(outcome.complaints.count == 1 && outcome.errors.hasPrefix("lookout.yaml:1:17: warning: "))
    }

    @Test func aBadOneIsListedAndThatIsAll() throws {
        let outcome = try check("wrokers: 1\nsources: {door: {address: rtsp://a/b, fps: 0}}")
        #expect(outcome.status == EX_CONFIG && outcome.output == "")
        #expect(
            outcome.complaints == [
                "lookout.yaml:1:1: unknown key \"wrokers\"; did you mean \"workers\"?",
                "lookout.yaml:2:44: \"fps\" is 0; it must be a number above 0, up to 1000, or all, or key",
            ])
    }

    @Test func labelsAreComparedWithTheModels() throws {
        let outcome = try check("defaults: {labels: [strretcar]}")
        #expect(outcome.status == EX_CONFIG)
        #expect(
            outcome.complaints == [
                "lookout.yaml:1:21: there is no label or group \"strretcar\"; did you mean \"streetcar\", \"stretcher\"?"
            ])
    }

    @Test func authoritiesThatAreNotThere() throws {
        let own = try check("sources: {door: {address: rtsps://a/b, tls: {ca: /nowhere/ca.pem}}}")
        #expect(own.status == EX_CONFIG && own.output == "")
        #expect(own.complaints == ["lookout.yaml:1:45: /nowhere/ca.pem: no such file or directory"])
        let common = try check(
            "defaults: {tls: {ca: /nowhere/ca.pem}}\nsources: {door: rtsps://a/b, yard: {address: rtsps://a/c, enabled: off}}"
        )
        #expect(common.status == EX_CONFIG)
        #expect(common.complaints == ["lookout.yaml:2:17: /nowhere/ca.pem: no such file or directory"])
    }

    @Test func authoritiesThatMayNotBeRead() throws {
        try Lookout.withFolder { folder in
            let path = folder + "/ca.pem"
            try Data().write(to: URL(fileURLWithPath: path))
            #expect(try check("sources: {door: {address: rtsps://a/b, tls: {ca: \(path)}}}").status == 0)
            // Everything is allowed to root, but nobody finds anything below a file.
            let below = try check("sources: {door: {address: rtsps://a/b, tls: {ca: \(path)/x}}}")
            #expect(below.status == EX_CONFIG && below.errors.contains("/ca.pem/x: not a directory"), "\(below.errors)")
        }
    }

    @Test func oneThatIsNotThere() throws {
        let outcome = try Lookout.run("check", "/nowhere/lookout.yaml")
        #expect(outcome.status == EX_NOINPUT && outcome.output == "")
        #expect(outcome.complaints == ["lookout: /nowhere/lookout.yaml: no such file or directory"])
    }

    @Test func forPrograms() throws {
        let bad = try check("workers: 0", "--json")
        #expect(bad.status == EX_CONFIG && bad.errors == "")
        #expect(
            bad.output == "{\"file\":\"lookout.yaml\",\"line\":1,\"column\":10,\"severity\":\"error\","
                + "\"text\":\"\\\"workers\\\" is 0; it must be an integer from 1 to 256, or auto\"}\n")
        #expect(
            try check("", "--json").output
                == "{\"file\":\"lookout.yaml\",\"ok\":true,\"sources\":0,\"enabled\":0,"
                + "\"model\":\"efficientnet-lite0\",\"task\":\"classification\"}\n")
    }

    @Test(.enabled(if: Lookout.hasMedia, Lookout.noMedia))
    func sourcesAreOpened() throws {
        let bikes = "sources: {clip: 'file:\(Lookout.bikes)?loop', off: {address: rtsp://127.0.0.1:1/a, enabled: off}"
        let good = try check(bikes + "}", "--probe")
        #expect(good.status == 0 && good.errors == "")
        let lines = good.output.split(separator: "\n")
        #expect(lines.count == 2 && lines.last?.hasPrefix("clip: h264 ") == true, "\(good.output)")
        #expect(lines.last?.contains("frames a second, first frame after ") == true, "\(good.output)")

        let one = try check(bikes + ", gone: rtsp://user:hunter2@127.0.0.1:1/a}", "--probe", "--json")
        #expect(one.status == EX_UNAVAILABLE)
        let last = try #require(one.output.split(separator: "\n").last)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
        #expect(object["source"] as? String == "gone" && object["ok"] as? Bool == false)
        #expect((object["error"] as? String)?.isEmpty == false && !one.output.contains("hunter2"))
    }
}
