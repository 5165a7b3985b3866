import Foundation
import Testing

/// `lookout cameras`, on whatever machine the tests run.
@Suite(.timeLimit(.minutes(20))) struct CamerasTests {
    private static let hasDevices = ((try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? [])
        .contains { $0.hasPrefix("video") }

    @Test(.enabled(if: !hasDevices, "this machine has cameras"), arguments: [[], ["--json"]])
    func aMachineWithoutCamerasIsNoFailure(_ options: [String]) throws {
        let outcome = try Lookout.run(Lookout.path, ["cameras"] + options)
        #expect(outcome.status == 0)
        #expect(outcome.output == "")
        #expect(outcome.complaints == ["lookout: no cameras: no /dev/video* gives frames"])
    }

    @Test func everyLineOfJSONIsACamera() throws {
        let outcome = try Lookout.run("cameras", "--json")
        #expect(outcome.status == 0)
        for line in outcome.output.split(separator: "\n") {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["device"] is String && object["formats"] is [Any])
        }
    }
}
