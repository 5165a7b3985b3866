import Basics
import Testing

@testable import MobileNet

/// Networks of OpenVINO are read as they stand, or refused with a reason.
@Suite(.timeLimit(.minutes(10))) struct OpenVINOTests {
    private static func options(_ writer: OpenVINOWriter) -> ImportOptions {
        var options = ImportOptions()
        options.weights = writer.weights
        options.labels = ["red", "green"]
        options.mean = [0]
        options.standardDeviation = [1.0 / 255]
        options.colours = .rgb
        return options
    }

    /// Detections in an image that is black but for one pixel.
    private static func detections(
        _ writer: OpenVINOWriter, column: Int, row: Int, colour: (UInt8, UInt8, UInt8)
    ) throws -> [Detection] {
        let model = try ModelImport.read(writer.xml, options: options(writer))
        let plan = try model.plan(for: .best)
        #expect(plan.task == .detection)
        var pixels = [UInt8](repeating: 0, count: 3 * 32 * 32)
        let start = 3 * (32 * row + column)
        (pixels[start], pixels[start + 1], pixels[start + 2]) = colour
        return pixels.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { Detector(plan: plan).detections(pixels: $0, bytesPerRow: 96) } ?? []
        }
    }

    @Test(arguments: [ElementType.float32, .float16], [10, 11])
    func aDetectorFindsWhatItsWeightsSay(type: ElementType, version: Int) throws {
        let writer = OpenVINOWriter.detector(weightType: type, version: version)
        let found = try Self.detections(writer, column: 16, row: 0, colour: (255, 0, 0))
        let best = try #require(found.first)
        // softmax(10.2, 0, 2), and the prior box of the upper right cell: 20...28 and 4...12 of 32 pixels.
        #expect(best.classIndex == 0 && abs(best.score - 0.99969) < 0.001)
        for (edge, wanted) in [
            (best.left, 0.625), (best.top, 0.125), (best.right, 0.875), (best.bottom, 0.375),
        ] as [(Float, Float)] { #expect(abs(edge - wanted) < 1e-5) }
        let green = try Self.detections(writer, column: 0, row: 16, colour: (0, 255, 0))
        #expect(green.first?.classIndex == 1 && abs((green.first?.top ?? 0) - 0.625) < 1e-5)
    }

    /// What is wrong, and a part of the message.
    @Test(arguments: [
        ("version=\"11\"", "version=\"9\"", "version 9 of OpenVINO's format"),
        ("<?xml version=\"1.0\"?>", "<?xml version=\"1.0\"?><!DOCTYPE net [<!ENTITY a \"b\">]>", "document type"),
        ("<net ", "<network ", "not one of a network"),
        ("type=\"SoftMax\"", "type=\"FakeQuantize\"", "FP16 or FP32 file"),
        ("type=\"SoftMax\"", "type=\"LSTMCell\"", "not supported"),
        ("layer id=\"3\"", "layer id=\"2\"", "two layers with the number 2"),
        ("from-layer=\"0\"", "from-layer=\"900\"", "no layer"),
        ("from-layer=\"0\"", "from-layer=\"30000000000\"", "the number of an edge"),
        ("offset=\"0\"", "offset=\"999999\"", "do not lie in the file of weights"),
        ("element_type=\"i64\"", "element_type=\"string\"", "values of the type string"),
        ("width=\"8\"", "width=\"8, 9\"", "2 widths and 1 heights"),
        ("</net>", "", ""),
    ]) func aFileThatIsWrongIsRefusedWithAReason(text: String, other: String, reason: String) throws {
        let writer = OpenVINOWriter.detector()
        let changed = String(decoding: writer.xml, as: UTF8.self).replacing(text, with: other)
        try #require(Array(changed.utf8) != writer.xml)
        let error = #expect(throws: (any Error).self) {
            try ModelImport.read(Array(changed.utf8), options: Self.options(writer))
        }
        #expect(error.map { "\($0)" }?.contains(reason) ?? false || reason.isEmpty, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func layersThatDependOnEachOtherAreRefused() {
        var writer = OpenVINOWriter()
        let image = writer.add("Parameter", "shape=\"1,3,8,8\" element_type=\"f32\"")
        let first = writer.add("Add", "", [image, image + 2])
        writer.add("Add", "", [first, image])
        let error = #expect(throws: (any Error).self) {
            try ModelImport.read(writer.xml, options: Self.options(writer))
        }
        #expect(error.map { "\($0)" }?.contains("cycle") == true)
    }

    @Test func withoutTheFileOfWeightsItIsSaidWhereItMustLie() {
        let writer = OpenVINOWriter.detector()
        var options = Self.options(writer)
        options.weights = nil
        options.weightsFile = "/nonexistent/small.bin"
        let error = #expect(throws: FileError.self) { try ModelImport.read(writer.xml, options: options) }
        #expect(error?.reason.contains("must hold the weights, and lie beside the .xml file") == true)
    }
}
