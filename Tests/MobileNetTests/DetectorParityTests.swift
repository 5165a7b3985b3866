import Foundation
import Testing

@testable import MobileNet

/// Published detectors find what the reference runtimes find, in every photo.
@Suite(.enabled(if: Shared.isThere, Shared.comment), .timeLimit(.minutes(20))) struct DetectorParityTests {
    /// Detections of a reference runtime: `detect/expected/photos_NAME_KERNELS.json`.
    private struct Expected: Decodable {
        struct Box: Decodable {
            var label: String
            var score: Float
            /// Top, left, bottom and right edge, from 0 to 1.
            var box: [Float]
        }
        var files: [String: [Box]]
    }

    @Test(arguments: ["2000", "2001"])
    func theNetworksOfOpenVINOFindWhatOnnxruntimeFinds(_ number: String) throws {
        let path = "\(Shared.folder)/models/person-vehicle-bike-detection-\(number).xml"
        let model = try ModelImport.read(path: path)
        #expect(model.labels.names == ["vehicle", "person", "bike"])
        #expect(model.normalization.colours == .bgr)
        try compare(model, "\(number)_ort", score: 0.002, box: 0.003, atLeast: 0.4)
    }

    @Test(arguments: ["2000", "2001"])
    func theNetworksOfOnnxFindTheSameWithTheirAnchors(_ number: String) throws {
        let path = "\(Shared.folder)/models/person-vehicle-bike-detection-\(number)"
        var options = ImportOptions()
        options.detector.anchorsFile = "\(path).anchors.f32"
        let model = try ModelImport.read(path: "\(path).onnx", options: options)
        #expect(model.labels.names == ["vehicle", "person", "bike"])
        #expect(model.normalization.colours == .bgr)
        try compare(model, "\(number)_ort", score: 0.002, box: 0.003, atLeast: 0.4)
    }

    @Test func theCocoDetectorFindsWhatTheReferenceKernelsFind() throws {
        let model = try Shared.model("ssd_mobilenet_v1_coco_quant.tflite")
        try compare(model, "ssd1_reference", score: 0.004, box: 0.004, atLeast: 0.2)
    }

    // MARK: - Comparison

    private func compare(_ model: Model, _ name: String, score: Float, box: Float, atLeast minimum: Float) throws {
        let bytes = Data(try Shared.bytes("detect/expected/photos_\(name).json"))
        let expected = try JSONDecoder().decode(Expected.self, from: bytes)
        let detector = Detector(plan: try model.plan(for: .best))
        let side = model.network.inputShape.width
        var largest: (score: Float, box: Float) = (0, 0)
        for (photo, boxes) in expected.files.sorted(by: { $0.key < $1.key }) {
            // Other decoders of JPEG give other pixels.
            guard Shared.prepared != nil || !photo.hasSuffix(".jpg") else { continue }
            guard Shared.prepared != nil || Shared.hasDecoder || !photo.hasSuffix(".png") else { continue }
            let pixels = try Shared.photo(photo, side: side)
            let found = try detector.detections(pixels: pixels.span, bytesPerRow: 3 * side)
            let differences = Self.differences(found, boxes, labels: model.labels.names, minimum)
            #expect(differences.score <= score && differences.box <= box, "\(photo): \(differences)")
            largest = (max(largest.score, differences.score), max(largest.box, differences.box))
        }
        print("\(model.name), \(name): scores differ by at most \(largest.score), edges by \(largest.box)")
    }

    /// Returns the largest differences of detections of one label that lie nearest to each other: infinite if one
    /// runtime finds what the other does not.
    private static func differences(
        _ found: [Detection], _ expected: [Expected.Box], labels: [String], _ minimum: Float
    ) -> (score: Float, box: Float) {
        let boxes = found.map { detection in
            Expected.Box(
                label: labels[detection.classIndex], score: detection.score,
                box: [detection.top, detection.left, detection.bottom, detection.right])
        }
        // Some references clip boxes to the image.
        func clip(_ edge: Float) -> Float { min(max(edge, 0), 1) }
        var largest: (score: Float, box: Float) = (0, 0)
        // A score just above the minimum here may be just below it there.
        for (some, others, least) in [(boxes, expected, minimum + 0.005), (expected, boxes, minimum)] {
            for one in some where one.score >= least {
                let distances = others.filter { $0.label == one.label }.map { other in
                    (
                        score: abs(one.score - other.score),
                        box: zip(one.box, other.box).map { abs(clip($0) - clip($1)) }.max() ?? 1
                    )
                }
                let nearest = distances.min { $0.score + $0.box < $1.score + $1.box }
                largest.score = max(largest.score, nearest?.score ?? .infinity)
                largest.box = max(largest.box, nearest?.box ?? .infinity)
            }
        }
        return largest
    }
}
