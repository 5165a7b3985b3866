import Foundation
import Glibc
import Kernels
import Testing

/// `lookout doctor`: one line for each thing that was looked at.
@Suite struct DoctorTests {
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
