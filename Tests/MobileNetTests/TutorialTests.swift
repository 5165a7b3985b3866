import Foundation
import MobileNet
import Testing

// Code of the article "Classify an image" in Sources/MobileNet/MobileNet.docc. This file imports MobileNet without
// `@testable`, so that the code uses the public API only. Each snippet is equal to a code block of the article.

// snippet: import
func importModel(from file: String, labels: [String]?, to path: String) throws {
    var options = ImportOptions()
    options.labels = labels
    let model = try ModelImport.read(path: file, options: options)
    try model.write(path)
}
// end of snippet

// snippet: load
func loadModel(_ nameOrPath: String) throws -> LoadedModel {
    let library = ModelLibrary(folders: ["Models"])
    return try LoadedModel(nameOrPath, in: library, for: .best)
}
// end of snippet

// snippet: classify
func classify(_ pixels: [UInt8], with model: LoadedModel) -> [(label: String, score: Float)] {
    let input = model.plan.inputShape
    precondition(pixels.count == 3 * input.width * input.height, "the image must have the size of the input")
    let classifier = Classifier(plan: model.plan)
    let scores = classifier.probabilities(pixels: pixels, bytesPerRow: 3 * input.width)
    return highest(5, of: scores).map { (model.labels[$0.place], $0.score) }
}
// end of snippet

// snippet: random
func randomModel(_ architecture: Architecture, resolution: Int, labels: [String]) throws -> Model {
    let graph = try architecture.graph(resolution: resolution, classes: labels.count)
    var weights = Weights()
    for parameter in graph.parameters {
        let values = (0..<parameter.count).map { _ in Float.random(in: 0.01...0.1) }
        weights[parameter.name] = Tensor(shape: parameter.shape, values: values)
    }
    return Model(
        name: "random", network: .architecture(architecture, resolution: resolution), labels: Labels(names: labels),
        normalization: architecture.inputNormalization, source: "random weights", licence: "", weights: weights)
}
// end of snippet

/// The tutorial of the DocC catalogue compiles and runs.
@Suite(.timeLimit(.minutes(20))) struct TutorialTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func codeBlocksOfTheArticleAreTheSnippetsOfThisFile() throws {
        let article = try Self.lines(of: "Sources/MobileNet/MobileNet.docc/ClassifyAnImage.md")
        let source = try Self.lines(of: "Tests/MobileNetTests/TutorialTests.swift")
        let blocks = Self.blocks(of: article, from: { $0 == "```swift" }, to: "```")
        let snippets = Self.blocks(of: source, from: { $0.hasPrefix("// snippet: ") }, to: "// end of snippet")
        #expect(blocks.count == 4)
        #expect(blocks == snippets)
    }

    @Test func theCodeOfTheArticleClassifiesAnImage() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let labels = ["stone", "paper", "scissors"]
        let written = folder.appendingPathComponent("random.safetensors").path
        try randomModel(Architecture(.mobileNetV2, width: 0.1), resolution: 32, labels: labels).write(written)
        #expect(try loadModel(written).labels == labels)

        let imported = folder.appendingPathComponent("imported.safetensors").path
        let fixture = Self.root.appendingPathComponent("Tests/MobileNetTests/Fixtures/Lite/keras.tflite").path
        try importModel(from: fixture, labels: labels, to: imported)
        let model = try loadModel(imported)
        let input = model.plan.inputShape
        let pixels = (0..<3 * input.width * input.height).map { UInt8(truncatingIfNeeded: $0) }
        let found = classify(pixels, with: model)
        #expect(Set(found.map(\.label)) == Set(labels))
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
        #expect(abs(found.map(\.score).reduce(0, +) - 1) < 1e-4)
    }

    private static func lines(of path: String) throws -> [String] {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8).components(separatedBy: "\n")
    }

    /// Returns the lines between each pair of delimiters.
    private static func blocks(of lines: [String], from start: (String) -> Bool, to end: String) -> [[String]] {
        var blocks: [[String]] = []
        var isInside = false
        for line in lines {
            if !isInside, start(line) {
                isInside = true
                blocks.append([])
            } else if line == end {
                isInside = false
            } else if isInside {
                blocks[blocks.count - 1].append(line)
            }
        }
        return blocks
    }
}
