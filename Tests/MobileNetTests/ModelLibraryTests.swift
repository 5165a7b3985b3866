import Basics
import Testing

@testable import MobileNet

@Suite(.timeLimit(.minutes(20))) struct ModelLibraryTests {
    @Test func foldersAreSearchedInOrder() throws {
        try withTemporaryFolder { first in
            try withTemporaryFolder { second in
                try Files.write(second + "/a.safetensors", [[]])
                try Files.write(second + "/b.safetensors", [[]])
                try Files.write(first + "/b.safetensors", [[]])
                try Files.write(first + "/notes.txt", [[]])
                let library = ModelLibrary(folders: [first, "/nowhere", second])
                #expect(try library.path(of: "a") == second + "/a.safetensors")
                #expect(try library.path(of: "b") == first + "/b.safetensors")
                #expect(library.list().map(\.name) == ["b", "a"])
                #expect(library.list().map(\.path) == [first + "/b.safetensors", second + "/a.safetensors"])
            }
        }
    }

    @Test func pathsAreTakenAsTheyAre() throws {
        let library = ModelLibrary(folders: ["/nowhere"])
        #expect(try library.path(of: "./a") == "./a")
        #expect(try library.path(of: "a.safetensors") == "a.safetensors")
    }

    @Test func aModelThatIsNotThereIsReportedWithWhereItComesFrom() throws {
        try withTemporaryFolder { folder in
            let library = ModelLibrary(folders: [folder])
            let hint = { (name: String) in
                #expect(throws: FileError.self) { try library.path(of: name) }?.description ?? ""
            }
            #expect(hint("x") == "x: there is no such model; `lookout model fetch efficientnet-lite0` fetches one")
            for number in 0..<12 { try Files.write(folder + "/other\(number).safetensors", [[]]) }
            #expect(hint("x") == "x: there is no such model; `lookout model list` shows those that are there")
            #expect(
                hint("mobilenet_v3_large")
                    == "mobilenet_v3_large: there is no such model; `lookout model fetch mobilenet-v3-large` fetches it"
            )
            try Files.write(folder + "/mobilenet-v3-large.safetensors", [[]])
            #expect(
                hint("mobilenetv3_large_100")
                    == "mobilenetv3_large_100: there is no such model; did you mean mobilenet-v3-large?")
        }
    }

    @Test(arguments: [
        ("mobilenet_v3_large", "mobilenet-v3-large"), ("mobilenet_v3_small", "mobilenet-v3-small"),
        ("mobilenet_v2", "mobilenet-v2"), ("MobileNetV2", "mobilenet-v2"), ("mobilenetv2_100", "mobilenet-v2"),
        ("mobilenetv2_100.ra_in1k", "mobilenet-v2"), ("mobilenetv3_large_100", "mobilenet-v3-large"),
        ("efficientnet_lite0", "efficientnet-lite0"), ("tf_efficientnet_lite0", "efficientnet-lite0"),
        ("mobilenet_v2-7ebf99e0.pth", "mobilenet-v2"), ("mobilenetv3_small_075", "mobilenet-v3-small-0.75"),
        ("tf_mobilenetv3_large_minimal_100", "mobilenet-v3-large-minimalistic"),
    ])
    func aNameIsKnownInTheSpellingOfItsPublisher(_ spelling: String, _ name: String) {
        let names = ModelLibrary.published + ["mobilenet-v3-small-0.75", "mobilenet-v3-large-minimalistic"]
        #expect(ModelName(spelling).match(among: names) == name)
    }

    @Test func aNameThatIsNoneIsNotTakenForAnother() {
        for name in ["", "nope", "mobilenet", "mobilenet-v3", "resnet_100", "100"] {
            #expect(ModelName(name).match(among: ModelLibrary.published) == nil, "\(name)")
        }
    }

    @Test func theEnvironmentComesBeforeTheCheckout() {
        let library = ModelLibrary.standard(variable: "/mine", checkout: "/src")
        #expect(library.folders == ["/mine", "/src/Models", "/var/lib/lookout/models", "/usr/share/lookout/models"])
        #expect(ModelLibrary.standard(variable: "", checkout: nil).folders.first == "/var/lib/lookout/models")
    }
}
