import Testing

@testable import MobileNet

/// The engine gives PyTorch's numbers.
@Suite struct ParityTests {
    /// How far logits may be from PyTorch's in float64, in parts of the largest logit.
    static let tolerance = 1e-4

    @Test(arguments: [Architecture.mobileNetV3Large, .mobileNetV3Small], InstructionSet.supported)
    func logitsOfSeededWeightsEqualPyTorchs(_ architecture: Architecture, _ instructionSet: InstructionSet) throws {
        let golden = try Golden(architecture)
        let plan = try Plan(
            graph: architecture.graph(), weights: Seeded.weights(architecture),
            normalization: architecture.inputNormalization, instructionSet: instructionSet)
        let difference = golden.difference(to: plan.logits(for: Seeded.picture("picture")))
        print("\(architecture.rawValue), \(instructionSet): within \(difference) of the largest logit")
        #expect(difference < Self.tolerance)
    }
}

extension Plan {
    /// The output for one input, in a session of its own.
    func logits(for input: [Float]) -> [Float] {
        let session = Session(plan: self)
        input.withUnsafeBufferPointer(session.load(tensor:))
        return withExtendedLifetime(session) { Array(session.run()) }
    }
}
