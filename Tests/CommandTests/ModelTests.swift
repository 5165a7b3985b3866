import Foundation
import Testing

/// Models are imported, listed and described.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct ModelTests {
    @Test func aCheckpointIsImportedListedAndDescribed() throws {
        let checkpoint = Lookout.checkout.appendingPathComponent("Models/efficientnet-lite0-57934424.pth").path
        try #require(FileManager.default.fileExists(atPath: checkpoint))
        try Lookout.withFolder { folder in
            let environment = ["LOOKOUT_MODELS": folder]
            let imported = try Lookout.run(
                "model", "import", "--name", "lite", "--licence", "Apache-2.0", checkpoint, environment: environment)
            #expect(imported.status == 0)
            #expect(
                imported.output == "\(folder)/lite.safetensors: efficientnet-lite0, 4.65 M parameters, 1000 classes\n")

            let list = try Lookout.run("model", "list", environment: environment)
            #expect(list.output.hasPrefix("lite "))

            let info = try Lookout.run("model", "info", "lite", environment: environment)
            for part in ["385.19 M", "4.65 M", "Apache-2.0", "efficientnet-lite0-57934424.pth", "tench, goldfish"] {
                #expect(info.output.contains(part), "\(part)")
            }
            let json = try Lookout.run("model", "info", "--json", "lite", environment: environment)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(object["parameters"] as? Int == 4_652_008)
            #expect((object["labels"] as? [String])?.count == 1000)
        }
    }

    @Test func itsOwnLabelsComeWithANetworkOfAnotherSize() throws {
        let checkpoint = Lookout.checkout.appendingPathComponent("Models/efficientnet-lite0-57934424.pth").path
        try #require(FileManager.default.fileExists(atPath: checkpoint))
        try Lookout.withFolder { folder in
            let labels = folder + "/labels.txt"
            try Data((0..<1000).map { "label \($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: labels))
            let model = folder + "/mine.safetensors"
            let imported = try Lookout.run("model", "import", "--labels", labels, "--output", model, checkpoint)
            #expect(imported.status == 0)
            let answer = try Lookout.run("classify", "--model", model, "--top", "1", Lookout.coffee)
            #expect(answer.output.hasSuffix("  label 967\n"))
        }
    }
}
