import Basics
import Foundation
import Testing

@testable import MobileNet

/// Networks that PyTorch exported to ONNX compute the outputs of PyTorch in float64.
///
/// LOOKOUT_ONNX names a folder with NAME.onnx, NAME.input.f32 and NAME.ref64.npy.
@Suite(
    .enabled(if: folder != nil, "set LOOKOUT_ONNX to a folder of exports and of what PyTorch computes with them"),
    .timeLimit(.minutes(20)))
struct OnnxExportTests {
    @Test(arguments: ["mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small"])
    func logitsAreThoseOfPyTorch(_ name: String) throws {
        let path = try #require(folder) + "/" + name
        let model = try ModelImport.read(path: path + ".onnx")
        let input = try values(path + ".input.f32", Float.self, from: 0)
        let expected = try values(path + ".ref64.npy", Double.self, from: 128)
        let largest = expected.map(abs).max() ?? 0
        for instructionSet in InstructionSet.supported {
            let logits = try model.plan(for: instructionSet).logits(for: input)
            let difference = (zip(expected, logits).map { abs($0 - Double($1)) }.max() ?? .infinity) / largest
            print("\(name).onnx, \(instructionSet): within \(difference) of the largest logit")
            #expect(logits.count == expected.count && difference < 1e-4)
        }
    }

    private func values<T: BitwiseCopyable>(_ path: String, _: T.Type, from start: Int) throws -> [T] {
        let bytes = try Files.read(path)
        return bytes.withUnsafeBytes { raw in
            stride(from: start, to: raw.count, by: MemoryLayout<T>.size).map {
                raw.loadUnaligned(fromByteOffset: $0, as: T.self)
            }
        }
    }
}

private let folder = ProcessInfo.processInfo.environment["LOOKOUT_ONNX"]
