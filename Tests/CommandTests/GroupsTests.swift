import Basics
import Foundation
import Glibc
import MobileNet
import Testing
import Watch

/// Config/groups/imagenet.yaml with networks of others: their labels are lists of synonyms, or others altogether.
@Suite(.enabled(if: SharedModels.areThere, SharedModels.comment), .timeLimit(.minutes(20))) struct GroupsTests {
    private static let groups = Lookout.checkout.appendingPathComponent("Config/groups/imagenet.yaml").path

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
        // Some have two labels "crane", and two "maillot", that cannot be told apart.
        let lacking = "lookout: warning: \(Self.groups): the model does not have \"crane (bird)\" (bird)"
        let rest = complaints.filter { $0 != lacking && $0 != lacking + ", \"maillot (tank suit)\" (clothing)" }
        #expect(rest == ["lookout: /nowhere/a.mp4: no such file or directory"])
    }

    @Test func aModelOfTwoLabelsIsServedWithOneWarning() throws {
        let labels = ["--labels", SharedModels.path("vww_labels.txt")]
        let complaints = try complaints("vww_96_int8.tflite", ["--labels", "person"], labels)
        #expect(complaints.count == 2)
        #expect(
            complaints[0].hasPrefix(
                "lookout: warning: \(Self.groups): the model does not have any label of the groups aircraft, antelope, "
            ))
        #expect(complaints[0].count < 400, "people read it")
    }
}

/// The files of groups are complete, and every class is in one group at most.
struct GroupFileTests {
    private static func groups(_ name: String) throws -> [String: [String]] {
        try LabelGroups.read(Lookout.checkout.appendingPathComponent("Config/groups/\(name).yaml").path)
    }

    @Test(arguments: [("imagenet", Labels.imageNet), ("coco", Labels.coco)])
    func everyLabelExistsAndIsInOneGroup(_ name: String, _ labels: Labels) throws {
        let grouped = try Self.groups(name).values.flatMap { $0 }
        #expect(Set(grouped).count == grouped.count)
        #expect(Set(grouped).isSubset(of: labels.names))
    }

    /// The first 398 classes of ImageNet are animals: each has a name that people use.
    @Test func everyAnimalIsInAGroup() throws {
        let grouped = Set(try Self.groups("imagenet").values.flatMap { $0 })
        #expect(Labels.imageNet.names.prefix(398).filter { !grouped.contains($0) } == ["isopod"])
    }

    @Test func bothFilesUseTheSameNames() throws {
        let imageNet = Set(try Self.groups("imagenet").keys)
        let coco = try Self.groups("coco")
        #expect(coco.keys.filter { !imageNet.contains($0) } == ["sports equipment"])
        // What is in no group has a name of the other file already, or one that needs none.
        let grouped = Set(coco.values.flatMap { $0 })
        let plain = Labels.coco.names.filter { !grouped.contains($0) }
        for name in ["person", "bicycle", "car", "motorcycle", "bus", "train", "truck", "boat", "cat", "dog"] {
            #expect(plain.contains(name) && imageNet.contains(name))
        }
    }

    /// JSON is YAML, and earlier versions had it.
    @Test func groupsCanBeJSONAndMistakesHaveALine() throws {
        try Lookout.withFolder { folder in
            let path = folder + "/groups"
            try #"{"cat": ["tabby", "no"]}"#.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try LabelGroups.read(path) == ["cat": ["tabby", "no"]])
            try "cat: [tabby\ndog: [x]\n".write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: FileError.self) { try LabelGroups.read(path) }
            #expect(error?.reason.contains("line 2: ") == true, "\(error?.reason ?? "")")
            try "cat: tabby\n".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: FileError.self) { try LabelGroups.read(path) }
        }
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
