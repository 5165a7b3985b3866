import Foundation
import Glibc
import Kernels
import Testing

/// Real photos, real weights: the labels that are right.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct ClassifyTests {
    struct Answer: Decodable {
        struct Label: Decodable {
            var label: String
            var score: Double
        }
        var file: String
        var model: String
        var labels: [Label]
    }

    static func classify(_ path: String, environment: [String: String] = [:]) throws -> Answer {
        let outcome = try Lookout.run(
            "classify", "--json", "--top", "5", "--model", "efficientnet-lite0", path, environment: environment)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
    }

    @Test(arguments: InstructionSet.allCases.filter(\.isSupported))
    func coffeeIsEspresso(_ instructionSet: InstructionSet) throws {
        let variable = [InstructionSet.environmentVariable: instructionSet.rawValue]
        let answer = try Self.classify(Lookout.coffee, environment: variable)
        #expect(answer.labels.count == 5)
        #expect(answer.labels[0].label == "espresso")
        #expect(answer.labels[0].score >= 0.9)
        #expect(answer.model == "efficientnet-lite0")
        #expect(answer.file == Lookout.coffee)
    }

    @Test func chelseaIsACat() throws {
        let labels = try Self.classify(Lookout.chelsea).labels.map(\.label)
        #expect(Set(labels.prefix(3)) == ["Egyptian cat", "tiger cat", "tabby"])
    }

    /// By which images can be compared: two of one thing are nearer to each other than to another.
    @Test func featuresAreAVectorForEachPhoto() throws {
        let outcome = try Lookout.run("classify", "--features", Lookout.coffee, Lookout.chelsea)
        let objects = try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["file"] as? String } == [Lookout.coffee, Lookout.chelsea])
        let vectors = objects.compactMap { $0["features"] as? [Double] }
        #expect(vectors.map(\.count) == [1280, 1280])
        #expect(vectors[0] != vectors[1])
    }

    @Test func severalPhotosAreToldApart() throws {
        let outcome = try Lookout.run("classify", "--top", "1", Lookout.coffee, Lookout.chelsea)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines[0] == Lookout.coffee + ":")
        #expect(lines[1].hasSuffix("  espresso"))
        #expect(lines[2] == Lookout.chelsea + ":")
    }

    /// The machine that nobody has any more: no AVX, no FMA. The first instruction that it does not know
    /// would end the program.
    @Test(
        .enabled(if: qemu != nil, "qemu-user is not installed; `make test` installs it"),
        .disabled(if: Lookout.isSanitized, "sanitizers want more memory than the emulator has"))
    func aCPUWithoutAVXGivesTheSameLabels() throws {
        let outcome = try Lookout.run(
            try #require(qemu),
            ["-cpu", "Nehalem", Lookout.path, "classify", "--json", "--top", "5", Lookout.coffee, Lookout.chelsea])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let emulated = try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
        }
        for answer in emulated {
            let here = try Self.classify(answer.file)
            #expect(answer.labels.map(\.label) == here.labels.map(\.label))
            for (a, b) in zip(answer.labels, here.labels) { #expect(abs(a.score - b.score) < 0.001) }
        }
        #expect(emulated.count == 2)
    }

    /// The same of a network of bytes, to the bit.
    @Test(
        .enabled(if: qemu != nil, "qemu-user is not installed; `make test` installs it"),
        .enabled(if: hasByteModel, "../shared is not there: no model of bytes"),
        .disabled(if: Lookout.isSanitized, "sanitizers want more memory than the emulator has"))
    func aCPUWithoutAVXGivesTheSameScoresOfBytes() throws {
        try Lookout.withFolder { folder in
            let model = folder + "/bytes.safetensors"
            let imported = try Lookout.run(Lookout.path, ["model", "import", byteModel, "--output", model])
            try #require(imported.status == 0, "\(imported.errors)")
            let arguments = ["classify", "--json", "--top", "5", "--model", model, Lookout.coffee, Lookout.chelsea]
            let emulated = try Lookout.run(try #require(qemu), ["-cpu", "Nehalem", Lookout.path] + arguments)
            #expect(emulated.status == 0, "\(emulated.errors)")
            #expect(try emulated.output == Lookout.run(Lookout.path, arguments).output)
        }
    }
}

private let byteModel = Lookout.checkout.deletingLastPathComponent()
    .appendingPathComponent("shared/models/mobilenet_v1_0.25_128_quant.tflite").path
private let hasByteModel = FileManager.default.fileExists(atPath: byteModel)

private let qemu: String? = ["/usr/bin/qemu-x86_64"].first(where: FileManager.default.isExecutableFile(atPath:))
