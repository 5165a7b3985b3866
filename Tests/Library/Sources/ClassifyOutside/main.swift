import MobileNet

// Builds a network with random weights and classifies a grey image on each instruction set of the machine.

let architecture = Architecture(.mobileNetV3Small, width: 0.5)
let (resolution, classes) = (64, 10)
let graph = try architecture.graph(resolution: resolution, classes: classes)
var weights = Weights()
for parameter in graph.parameters {
    let values = (0..<parameter.count).map { _ in Float.random(in: 0.01...0.1) }
    weights[parameter.name] = Tensor(shape: parameter.shape, values: values)
}
let image = [UInt8](repeating: 128, count: 3 * resolution * resolution)
for instructionSet in InstructionSet.allCases where instructionSet.isSupported {
    let plan = try Plan(
        graph: graph, weights: weights, normalization: architecture.inputNormalization, instructionSet: instructionSet)
    let scores = Classifier(plan: plan).probabilities(pixels: image, bytesPerRow: 3 * resolution)
    guard scores.count == classes, abs(scores.reduce(0, +) - 1) < 1e-4, let best = highest(1, of: scores).first else {
        fatalError("\(instructionSet): \(scores) are not the probabilities of \(classes) classes")
    }
    print("\(architecture), \(instructionSet): class \(best.place), score \(best.score)")
}
