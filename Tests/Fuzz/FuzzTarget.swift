// The readers of files under libFuzzer, which changes files such that ever more of the readers' code runs.
// Scripts/fuzz compiles it together with the engine's sources and starts it; LOOKOUT_FUZZ_FORMAT says which reader.

import Foundation

/// The file beside an XML file of OpenVINO: small values, whatever their type.
private let openVINOWeights = [UInt8](repeating: 1, count: 4096)
private let format = ProcessInfo.processInfo.environment["LOOKOUT_FUZZ_FORMAT"] ?? ""

/// Reads a file that libFuzzer made. Whatever is thrown is well; what is not is a crash, a hang, or too much memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    do {
        switch format {
        case "safetensors":
            if let model = try? Model(Safetensors(bytes)) { try run(model) }
            _ = try CheckpointImport.read(bytes, as: nil)
        case "checkpoint": _ = try CheckpointImport.read(bytes, as: nil)
        case "lite": try check(try TensorFlowLiteImport.read(bytes))
        case "onnx": try check(try OnnxImport.read(bytes, size: (16, 16)))
        case "openvino": try check(try OpenVINOImport.read(bytes, weights: openVINOWeights, size: (16, 16)))
        default: fatalError("LOOKOUT_FUZZ_FORMAT is one of safetensors, checkpoint, lite, onnx, openvino")
        }
    } catch {
        // Messages are made of what is in the file, too.
        return "\(error)".utf8.count > 4096 ? abort("a message of more than 4096 bytes") : 0
    }
    return 0
}

private func check(_ network: ImportedNetwork) throws {
    try network.weights.check(for: network.graph)
    _ = network.classes
    _ = network.endsWithProbabilities
    _ = KnownInputs.normalization(of: network).followed(byScale: network.inputScale, shift: network.inputShift)
}

private func abort(_ reason: String) -> CInt { fatalError(reason) }

/// Runs a network, if it is small: whatever it computes, it touches no memory but its own.
private func run(_ model: Model) throws {
    let graph = try model.graph()
    guard graph.nodes.allSatisfy(\.isSmall), graph.multiplyAdds < 3_000_000 else { return }
    let input = [Float](repeating: 0.5, count: graph[graph.input].shape.count)
    for instructionSet in [InstructionSet.portable, .best] {
        do {
            _ = try WatchedRun(graph, model.weights, instructionSet, input: input, isApart: true)
        } catch let finding as Finding {
            _ = abort(finding.description)
        }
    }
}
