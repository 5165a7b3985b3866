import Testing

@testable import MobileNet

/// The engine computes the logits of PyTorch.
@Suite(.timeLimit(.minutes(20))) struct ParityTests {
    /// Maximum difference to PyTorch's logits in float64, relative to the largest logit.
    static let tolerance = 1e-4

    /// Networks of Scripts/goldens.py, without the one whose weights are not in the repository.
    static let networks: [(Architecture, CheckpointOrigin)] = [
        (Architecture(.mobileNetV1, width: 0.25), .pyTorch),
        (Architecture(.mobileNetV2, width: 0.35), .torchvision),
        (.mobileNetV3Large, .torchvision),
        (.mobileNetV3Small, .torchvision),
        (Architecture(.mobileNetV3Large, width: 0.75, style: .pyTorch), .timm),
        (Architecture(.mobileNetV3Small, width: 0.75, scaling: .torchvision), .torchvision),
        (Architecture(.mobileNetV3SmallMinimalistic), .timmTensorFlow),
        (Architecture(.efficientNetLite1), .timmTensorFlow),
        (Architecture(.mobileNetV4ConvSmall), .timm),
        (Architecture(.mobileNetV4ConvMedium), .timm),
        (Architecture(.mobileNetEdgeTPU), .timm),
    ]

    @Test(arguments: networks)
    func logitsOfSeededWeightsEqualPyTorchs(_ architecture: Architecture, _ origin: CheckpointOrigin) throws {
        let golden = try Golden(architecture)
        let weights = try Seeded.weights(architecture, from: origin)
        let image = Seeded.image("picture", resolution: architecture.family.usualResolution)
        for instructionSet in InstructionSet.supported {
            let plan = try Plan(
                graph: architecture.graph(), weights: weights, normalization: architecture.inputNormalization,
                instructionSet: instructionSet)
            let difference = golden.difference(to: plan.logits(for: image))
            print("\(architecture.rawValue), \(instructionSet): within \(difference) of the largest logit")
            #expect(difference < Self.tolerance)
        }
    }
}

extension Plan {
    /// Returns the output for one input, in a session of its own.
    func logits(for input: [Float]) -> [Float] {
        let session = Session(plan: self)
        input.withUnsafeBufferPointer(session.load(tensor:))
        return withExtendedLifetime(session) { Array(session.run()) }
    }
}
