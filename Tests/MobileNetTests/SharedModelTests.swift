import Foundation
import Testing

@testable import MobileNet

/// Published float32 networks compute the outputs of the reference runtimes.
@Suite(.enabled(if: Shared.isThere, Shared.comment), .timeLimit(.minutes(20))) struct SharedModelTests {
    @Test(arguments: ["bird", "sunflower", "resized_cat"])
    func theFloatMobileNetGivesTheReferencesScores(_ image: String) throws {
        let model = try Shared.model("mobilenet_v1_0.25_224_float.tflite")
        let pixels =
            image == "resized_cat"
            ? try Shared.bitmap("media/photos/resized_cat.bmp").pixels : try Shared.bytes("media/photos/\(image).rgb")
        let expected = try Shared.floats("models/expected/mobilenet_v1_0.25_224_float__\(image).ref.f32")
        for instructionSet in InstructionSet.supported {
            let output = try model.plan(for: instructionSet).output(forPixels: pixels)
            let difference = zip(expected, output).map { abs($0 - $1) }.max() ?? .infinity
            #expect(output.count == expected.count && difference < 1e-5, "\(instructionSet): \(difference)")
        }
    }

    // MARK: - ONNX, against onnxruntime 1.32

    @Test func theDirectionClassifierGivesTheReferencesProbabilities() throws {
        let model = try Shared.model("ch_ppocr_mobile_v2.0_cls_infer.onnx") { $0.size = (192, 48) }
        #expect(model.head.activation == .none)
        let image = try Shared.bytes("media/photos/bird.rgb")
        for (row, expected) in [(0, [0.4964542, 0.5035458] as [Float]), (100, [0.5641744, 0.4358256])] {
            let pixels = Self.crop(image, width: 224, row: row, column: 0, height: 48, 192)
            for instructionSet in InstructionSet.supported {
                let output = try model.plan(for: instructionSet).output(forPixels: pixels)
                #expect(zip(expected, output).allSatisfy { abs($0 - $1) < 1e-4 }, "\(instructionSet): \(output)")
            }
        }
    }

    @Test func theTextDetectorFindsWhatTheReferenceFinds() throws {
        let model = try Shared.model("ch_PP-OCRv2_det_infer.onnx") { $0.size = (192, 160) }
        #expect(model.labels.names.isEmpty)
        let (image, width, _) = try Shared.bitmap("media/photos/missvickie_potato_chips.bmp")
        let pixels = Self.crop(image, width: width, row: 80, column: 120, height: 160, 192)
        let samples: [Int: Float] = [1000: 0, 4022: 0.000852, 17621: 0.999988, 19132: 0.000701, 28198: 1]
        for instructionSet in InstructionSet.supported {
            let map = try model.plan(for: instructionSet).output(forPixels: pixels)
            #expect(map.count == 160 * 192)
            for (place, expected) in samples {
                #expect(abs(map[place] - expected) < 1e-4, "\(instructionSet), \(place)")
            }
            #expect(abs(map.count { $0 > 0.3 } - 4138) <= 2)
            #expect(abs(map.reduce(0, +) / Float(map.count) - 0.1304977) < 1e-4)
        }
    }

    @Test func anImageWhoseSizeTheFileLeavesOpenNeedsAnOption() throws {
        let error = #expect(throws: ImportOptionMissing.self) { try Shared.model("ch_PP-OCRv2_det_infer.onnx") }
        #expect(
            error?.description
                == "the file leaves the size of the image open; --input WIDTHxHEIGHT says what it is to be")
    }

    private static func crop(_ pixels: [UInt8], width: Int, row: Int, column: Int, height: Int, _ columns: Int)
        -> [UInt8]
    {
        var result: [UInt8] = []
        for line in row..<row + height {
            let start = 3 * (line * width + column)
            result += pixels[start..<start + 3 * columns]
        }
        return result
    }
}
