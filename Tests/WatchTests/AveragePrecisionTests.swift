import Basics
import Foundation
import Testing

@testable import Watch

/// Average precision is what COCO's own evaluation (pycocotools) says: Scripts/ap_goldens.py.
@Suite(.timeLimit(.minutes(10))) struct AveragePrecisionTests {
    private struct Case: Decodable {
        struct Found: Decodable {
            var image_id: Int
            var category_id: Int
            var bbox: [Double]
            var score: Double
        }

        var found: [Found]
        var figures: [String: Double]
        /// AP and AP50 by category; -1 if no object was marked.
        var categories: [String: [Double]]
    }

    private static func cases() throws -> [(golden: Case, annotations: AnnotationFile)] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/average-precision.json")
        let bytes = try Data(contentsOf: path)
        let goldens = try JSONDecoder().decode([Case].self, from: bytes)
        let objects = try #require(try JSONSerialization.jsonObject(with: bytes) as? [[String: Any]])
        return try zip(goldens, objects).map { golden, object in
            let annotations = try JSONSerialization.data(withJSONObject: try #require(object["annotations"]))
            return (golden, try AnnotationFile(bytes: Array(annotations), path: "annotations.json"))
        }
    }

    private static func precision(_ golden: Case, _ annotations: AnnotationFile) -> AveragePrecision {
        var precision = AveragePrecision()
        for image in annotations.images.shuffled() {
            let found = golden.found.filter { $0.image_id == image.number }.map { found in
                AveragePrecision.Found(
                    category: found.category_id,
                    box: BoundingBox(
                        x: found.bbox[0], y: found.bbox[1], width: found.bbox[2], height: found.bbox[3]),
                    score: found.score)
            }
            precision.add(number: image.number, truth: image.truth, found: found)
        }
        return precision
    }

    @Test func figuresEqualThoseOfPycocotools() throws {
        let cases = try Self.cases()
        #expect(cases.count == 4)
        for (golden, annotations) in cases {
            let precision = Self.precision(golden, annotations)
            let figures: [String: Double?] = [
                "ap": precision.precision(), "ap50": precision.precision(overlap: 0),
                "ap75": precision.precision(overlap: 5), "ap_small": precision.precision(.small),
                "ap_medium": precision.precision(.medium), "ap_large": precision.precision(.large),
                "ar1": precision.recall(most: 1), "ar10": precision.recall(most: 10), "ar100": precision.recall(),
                "ar_small": precision.recall(.small), "ar_medium": precision.recall(.medium),
                "ar_large": precision.recall(.large),
            ]
            #expect(Set(figures.keys) == Set(golden.figures.keys))
            for (name, value) in golden.figures {
                let own = try #require(figures[name]) ?? -1
                #expect(abs(own - value) < 1e-9, "\(name): \(own) instead of \(value)")
            }
            for (category, values) in golden.categories {
                let number = try #require(Int(category))
                let own = [
                    precision.precision(category: number) ?? -1,
                    precision.precision(overlap: 0, category: number) ?? -1,
                ]
                #expect(zip(own, values).allSatisfy { abs($0 - $1) < 1e-9 }, "\(category): \(own), not \(values)")
            }
        }
    }

    @Test func withoutMarkedObjectsThereIsNoFigure() {
        var precision = AveragePrecision()
        let box = BoundingBox(x: 0, y: 0, width: 10, height: 10)
        precision.add(number: 1, truth: [], found: [.init(category: 1, box: box, score: 0.9)])
        #expect(precision.precision() == nil && precision.recall() == nil)
        precision.add(number: 2, truth: [.init(category: 1, box: box, area: 100)], found: [])
        #expect(precision.precision() == 0)
    }

    @Test(arguments: [
        ("[1", "it is not valid JSON"), ("{}", #""images" is missing"#),
        (#"{"images":[],"annotations":[],"categories":[]}"#, "there is no image in it"),
        (
            #"{"images":[{"id":1,"file_name":"a","width":"x","height":1}],"annotations":[],"categories":[]}"#,
            "a value is of another kind than expected in images.0.width"
        ),
        (
            #"{"images":[{"id":1,"file_name":"a","width":9,"height":9}],"annotations":[{"id":5,"image_id":1,"category_id":2,"bbox":[1,2,3]}],"categories":[{"id":2,"name":"b"}]}"#,
            "annotation 5 has no possible box"
        ),
        (
            #"{"images":[{"id":1,"file_name":"a","width":9,"height":9},{"id":1,"file_name":"b","width":9,"height":9}],"annotations":[],"categories":[]}"#,
            "image 1 has no size, or its number occurs twice"
        ),
    ]) func aWrongFileIsExplained(text: String, reason: String) {
        #expect {
            _ = try AnnotationFile(bytes: Array(text.utf8), path: "a.json")
        } throws: {
            "\($0)".contains(reason) && "\($0)".contains("a.json")
        }
    }
}
