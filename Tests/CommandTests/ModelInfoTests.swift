import Foundation
import Glibc
import Testing

/// Architectures are described without a file.
@Suite(.timeLimit(.minutes(20))) struct ModelInfoTests {
    private func info(_ arguments: String...) throws -> Lookout.Outcome {
        try Lookout.run(Lookout.path, ["model", "info"] + arguments, environment: ["LOOKOUT_MODELS": "/nowhere"])
    }

    @Test func anArchitectureIsPrintedAsItsPaperPrintsIt() throws {
        let outcome = try info("mobilenet-v1", "--resolution", "192")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "parameters 4.23 M", "multiply-adds 418.12 M",
            "Type / Stride Filter Shape Input Size NL Parameters Mult-Adds",
            "Conv / s2 3 × 3 × 3 × 32 192 × 192 × 3 ReLU6 928 7962624",
            "Conv dw / s1 3 × 3 × 32 dw 96 × 96 × 32 ReLU6 352 2654208",
            "Avg Pool / s1 Pool 6 × 6 6 × 6 × 1024 0 0", "FC / s1 1024 × 1000 1 × 1 × 1024 1025000 1024000",
            "Softmax / s1 Classifier 1 × 1 × 1000 0 0", "Total 4231976 418121728",
        ] { #expect(lines.contains(line), "\(line)") }
        #expect(lines.filter { $0.hasPrefix("Conv") || $0.hasPrefix("FC") }.count == 28)
    }

    @Test func widthResolutionAndClassesAreOptions() throws {
        let outcome = try info("mobilenet-v2", "--width", "0.35", "--resolution", "96", "--classes", "2", "--json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(object["architecture"] as? String == "mobilenet-v2-0.35")
        #expect(object["multiplier"] as? Double == 0.35)
        #expect(object["width"] as? Int == 96)
        #expect(object["classes"] as? Int == 2)
        #expect(object["parameters"] as? Int == 398_690)
        let layers = try #require(object["layers"] as? [[String: Any]])
        #expect(layers[0]["type"] as? String == "Conv")
        #expect(layers[0]["stride"] as? [Int] == [2, 2])
        #expect(layers[0]["filter"] as? [Int] == [3, 3, 3, 16])
        #expect(layers[0]["input"] as? [Int] == [96, 96, 3])
        #expect(layers[0]["output"] as? [Int] == [48, 48, 16])
        #expect(layers.last?["filter"] as? [Int] == [1280, 2])
        #expect(layers.compactMap { $0["parameters"] as? Int }.reduce(0, +) == 398_690)
    }

    @Test(arguments: [
        (["mobilnet-v2-0.35"], "did you mean mobilenet-v2-0.35? There are: mobilenet-v1, mobilenet-v2, ", EX_NOINPUT),
        (["mobilenet_v3_large"], "did you mean mobilenet-v3-large?", EX_NOINPUT),
        (["resnet"], "there is no architecture resnet. There are:", EX_NOINPUT),
        (["resnet", "--resolution", "96"], "there is no architecture resnet. There are:", EX_USAGE),
        (["efficientnet-lite0-0.5"], "efficientnet-lite0 has no width multiplier", EX_NOINPUT),
        (["efficientnet-lite0", "--width", "0.5"], "efficientnet-lite0 has no width multiplier", EX_USAGE),
        (
            ["mobilenet-v1", "--width", "99"], "mobilenet-v1 has a width multiplier from 0.01 to 8.0, not 99",
            EX_USAGE
        ),
        (["mobilenet-v1-0.5", "--width", "0.25"], "--width contradicts it", EX_USAGE),
        (["mobilenet-v1", "--resolution", "16"], "from 32 to 1024", EX_USAGE),
        (["mobilenet-v1", "--classes", "0"], "from 1 to 1000000", EX_USAGE),
    ])
    func whatIsMistypedIsExplained(_ arguments: [String], _ reason: String, _ status: Int32) throws {
        let outcome = try Lookout.run(
            Lookout.path, ["model", "info"] + arguments, environment: ["LOOKOUT_MODELS": "/nowhere"])
        #expect(outcome.status == status)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(outcome.output == "")
    }

    @Test func anArchitectureThatIsMistypedForAnImportIsExplained() throws {
        let outcome = try Lookout.run("model", "import", "--architecture", "mobilenet-v4", "x.pth")
        #expect(outcome.status == EX_USAGE)
        #expect(outcome.errors.contains("did you mean mobilenet-v"), "\(outcome.errors)")
    }
}
