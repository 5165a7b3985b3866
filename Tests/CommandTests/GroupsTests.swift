import Foundation
import Glibc
import Testing

/// Config/groups.json with networks of others: their labels are lists of synonyms, or others altogether.
@Suite(.enabled(if: SharedModels.areThere, SharedModels.comment), .timeLimit(.minutes(20))) struct GroupsTests {
    private static let groups = Lookout.checkout.appendingPathComponent("Config/groups.json").path

    /// What `analyze` says of the groups, and of a recording that is not there.
    private func complaints(_ model: String, _ options: [String], _ import: [String] = []) throws -> [String] {
        var complaints: [String] = []
        try Lookout.withFolder { folder in
            let path = folder + "/model.safetensors"
            let imported = try Lookout.run(
                Lookout.path, ["model", "import", SharedModels.path(model), "--output", path] + `import`)
            try #require(imported.status == 0, "\(imported.errors)")
            let outcome = try Lookout.run(
                Lookout.path, ["analyze", "--model", path, "--groups", Self.groups] + options + ["/nowhere/a.mp4"])
            #expect(outcome.status == EX_NOINPUT, "\(outcome.errors)")
            complaints = outcome.complaints
        }
        return complaints
    }

    @Test(arguments: [
        "mobilenet_v1_0.25_128_quant", "mobilenet_v1_0.25_224_float", "mobilenet_v1_0.25_224_quant",
        "mobilenet_v1_0.5_160_quant",
        "mobilenet_v1_0.75_192_quant", "mobilenet_v2_1.0_224_quant", "tf2_mobilenet_v2_1.0_224_ptq",
        "v3-large-minimalistic_224_1.0_uint8", "v3-small_224_1.0_uint8",
    ])
    func theGroupsServeEveryClassifierOfImageNet(_ model: String) throws {
        let complaints = try complaints(
            model + ".tflite", ["--labels", "aircraft,warplane,jay", "--ignore", "airship"])
        // Some have two labels "crane" that cannot be told apart.
        let lacking = "lookout: warning: \(Self.groups): the model does not have \"crane (bird)\" (bird)"
        #expect(complaints.filter { $0 != lacking } == ["lookout: /nowhere/a.mp4: no such file or directory"])
    }

    @Test func aModelOfTwoLabelsIsServedWithOneWarning() throws {
        let labels = ["--labels", SharedModels.path("vww_labels.txt")]
        let complaints = try complaints("vww_96_int8.tflite", ["--labels", "person"], labels)
        #expect(complaints.count == 2)
        #expect(
            complaints[0].hasPrefix(
                "lookout: warning: \(Self.groups): the model does not have any label of the groups aircraft, bear, "))
        #expect(complaints[0].count < 400, "people read it")
    }
}

/// Models of others that lie beside the repository, where they are there.
enum SharedModels {
    private static let folder = Lookout.checkout.deletingLastPathComponent().appendingPathComponent("shared/models")
        .path
    static let areThere = FileManager.default.fileExists(atPath: folder + "/README.md")
    static let comment: Comment = "../shared is not there: no models of others"

    static func path(_ name: String) -> String { "\(folder)/\(name)" }
}
