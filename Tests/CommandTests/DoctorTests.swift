import Foundation
import Glibc
import Kernels
import TestSupport
import Testing

/// `lookout doctor`: one line for each thing that was looked at.
@Suite(.timeLimit(.minutes(20))) struct DoctorTests {
    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel))
    func everythingThatMattersIsLookedAt() throws {
        let outcome = try Lookout.run("doctor", "--json", "--model", Lookout.model)
        let findings = try outcome.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        }
        let targets = Set(findings.compactMap { $0["subject"] })
        #expect(targets.isSuperset(of: ["cpu", "kernels", "speed", "ffmpeg", "space", "clock", "systemd"]))
        for finding in findings where finding["status"] != "ok" { #expect(finding["advice"] != nil, "\(finding)") }
        let speed = try #require(findings.first { $0["subject"] == "speed" }?["text"])
        #expect(speed.contains("ms a frame"))
        let hasProblem = findings.contains { $0["status"] == "problem" }
        #expect(outcome.status == (hasProblem ? EX_UNAVAILABLE : 0))
    }

    @Test func aModelThatIsDamagedIsAProblemAndSaysWhatToDo() throws {
        try Lookout.withFolder { folder in
            try Data("rubbish".utf8).write(to: URL(fileURLWithPath: folder + "/broken.safetensors"))
            let outcome = try Lookout.run("doctor", environment: ["LOOKOUT_MODELS": folder])
            #expect(outcome.status == EX_UNAVAILABLE)
            #expect(outcome.output.contains("problem  model     \(folder)/broken.safetensors: "))
            #expect(outcome.output.contains("→ import it again with `lookout model import`"))
        }
    }

    @Test func aModelThatIsNotThereIsAProblem() throws {
        try Lookout.withFolder { folder in
            let device = folder + "/device.safetensors"
            try FileManager.default.createSymbolicLink(atPath: device, withDestinationPath: "/dev/zero")
            for (model, reason) in [
                ("nope", "nope: there is no such model; "), (folder + "/nope.safetensors", "no such file or directory"),
                (device, "it is a device, not a file"),
                ("mobilenet_v3_large", "`lookout model fetch mobilenet-v3-large` fetches it"),
            ] {
                try FileManager.default.createDirectory(atPath: folder + "/models", withIntermediateDirectories: true)
                try Data("rubbish".utf8).write(to: URL(fileURLWithPath: folder + "/models/other.safetensors"))
                let outcome = try Lookout.run(
                    "doctor", "--json", "--model", model, environment: ["LOOKOUT_MODELS": folder + "/models"])
                let line = outcome.output.split(separator: "\n").first { $0.contains(reason) }
                #expect(line?.contains(#""status":"problem""#) == true, "\(model): \(outcome.output)")
                #expect(outcome.status == EX_UNAVAILABLE)
            }
        }
    }

    /// So that a camera's own certificate can be pinned, its fingerprint is printed whatever it is worth.
    @Test(.enabled(if: TLSRelay.isAvailable, TLSRelay.reason))
    func theCertificatesOfEncryptedSourcesAreShown() throws {
        try Lookout.withFolder { folder in
            let server = try ScriptedServer { _ in nil }
            defer { server.stop() }
            let identity = try TLSRelay.selfSigned("DNS:camera.example", in: folder)
            let relay = try TLSRelay.start(identity, target: server.port)
            defer { relay.kill() }
            let (address, pin) = ("rtsps://admin:hunter2@127.0.0.1:\(relay.port)/x", try identity.fingerprint())
            let configuration = """
                sources:
                  plain: rtsp://127.0.0.1:1/x
                  unknown: {address: "\(address)"}
                  pinned: {address: "\(address)", tls: {fingerprint: "\(pin)"}}
                  trusted: {address: "\(address)", tls: {verify: off}}
                  off: {address: "\(address)", enabled: off}
                  gone: rtsps://127.0.0.1:1/x
                """
            try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder + "/lookout.yaml"))
            let outcome = try Lookout.run("doctor", "--json", "--configuration", folder + "/lookout.yaml")
            let findings = try Self.findings(outcome, about: "source")
            #expect(findings.map { $0["status"] } == ["problem", "ok", "warning", "warning"], "\(outcome.output)")
            let advice = findings.map { $0["advice"] ?? "" }
            #expect(advice[0].contains("tls: {fingerprint: \(pin)}"), "\(advice)")
            #expect(findings[1]["text"] == "pinned: certificate \(pin) (SHA-256)")
            #expect(findings[2]["text"] == "trusted: certificate \(pin) (SHA-256), not verified")
            #expect(advice[2] == "pin it: tls: {fingerprint: \(pin)}")
            #expect(findings[3]["text"]?.hasPrefix("gone: ") == true)
            #expect(server.requests.isEmpty && !outcome.output.contains("hunter2"))
        }
    }

    private static func findings(_ outcome: Lookout.Outcome, about target: String) throws -> [[String: String]] {
        try outcome.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        }.filter { $0["subject"] == target }
    }

    @Test func aLowerInstructionSetThanTheBestIsAWarning() throws {
        guard InstructionSet.best.rawValue != "portable" else { return }
        let outcome = try Lookout.run("doctor", environment: ["LOOKOUT_ISA": "portable"])
        #expect(
            outcome.output.contains(
                "warning  kernels   portable, though this CPU could run \(InstructionSet.best.rawValue)"))
        let wrong = try Lookout.run("doctor", environment: ["LOOKOUT_ISA": "mmx"])
        #expect(wrong.output.contains("problem  kernels   LOOKOUT_ISA=mmx: unknown instruction set"))
    }
}
