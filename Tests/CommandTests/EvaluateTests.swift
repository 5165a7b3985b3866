import Foundation
import Glibc
import Testing

/// `lookout model evaluate`, on two photos of which it is known what is in them.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct EvaluateTests {
    @Test func foldersAreLabels() throws {
        try Lookout.withFolder { folder in
            try Self.copy(Lookout.coffee, to: "\(folder)/espresso/1.png")
            try Self.copy(Lookout.chelsea, to: "\(folder)/Egyptian Cat/1.png")
            try Self.copy(Lookout.chelsea, to: "\(folder)/281/mistaken.png")
            let outcome = try Lookout.run(
                "model", "evaluate", "--json", "--confusion", "\(folder)/confusion.csv", folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.isEmpty)
            let result = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            #expect(result["images"] as? Int == 3)
            #expect(result["top1"] as? Double == 0.6667)
            #expect(result["top5"] as? Double == 1)
            let matrix = try String(contentsOfFile: "\(folder)/confusion.csv", encoding: .utf8)
            #expect(
                matrix == """
                    actual,281,Egyptian Cat,Egyptian cat,espresso
                    281,0,0,1,0
                    Egyptian Cat,0,1,0,0
                    espresso,0,0,0,1

                    """)
        }
    }

    @Test func aListNamesImagesFromWhereItIs() throws {
        try Lookout.withFolder { folder in
            try Self.copy(Lookout.coffee, to: "\(folder)/images/a, b.png")
            let list = "file,label\n\"images/a, b.png\",espresso\n\(Lookout.chelsea) , \"tiger cat\"\n"
            try Data(list.utf8).write(to: URL(fileURLWithPath: "\(folder)/list.csv"))
            let outcome = try Lookout.run("model", "evaluate", "\(folder)/list.csv")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.prefix(3) == ["images  2", "top-1   50.0 %", "top-5   100.0 %"])
        }
    }

    @Test func whatCannotBeReadIsNamedAndTheRestCounted() throws {
        try Lookout.withFolder { folder in
            try Self.copy(Lookout.coffee, to: "\(folder)/espresso/1.png")
            try Data("rubbish".utf8).write(to: URL(fileURLWithPath: "\(folder)/espresso/2.png"))
            let outcome = try Lookout.run("model", "evaluate", folder)
            #expect(outcome.status == EX_DATAERR)
            #expect(outcome.errors.contains("\(folder)/espresso/2.png: "))
            #expect(outcome.output.contains("images      1\n"))
            #expect(outcome.output.contains("unreadable  1\n"))
        }
    }

    @Test func mistakesAreExplained() throws {
        try Lookout.withFolder { folder in
            try Self.copy(Lookout.coffee, to: "\(folder)/expresso/1.png")
            let label = try Lookout.run("model", "evaluate", folder)
            #expect(label.status == EX_DATAERR)
            #expect(label.errors.contains(#"there is no label or group "expresso"; did you mean "espresso"?"#))
            let nothing = try Lookout.run("model", "evaluate", folder + "/nothing")
            #expect(nothing.status == EX_NOINPUT)
            let empty = try Lookout.run("model", "evaluate", "\(folder)/expresso")
            #expect(empty.status == EX_DATAERR)
            #expect(empty.errors.contains("a folder for each label, with images in it"))
            try Data("a.png;espresso\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/list.csv"))
            let list = try Lookout.run("model", "evaluate", "\(folder)/list.csv")
            #expect(list.errors.contains("line 1: not a path, a comma and a label"))
        }
    }

    private static func copy(_ path: String, to target: String) throws {
        let url = URL(fileURLWithPath: target)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path, toPath: target)
    }
}

/// `lookout model evaluate` for detectors, on photos of which another runtime says what is in them.
@Suite(
    .enabled(if: SharedDetector.isThere, "../shared is not there: no detector and no photos"), .timeLimit(.minutes(20)))
struct EvaluateDetectorTests {
    private static let folder = URL(fileURLWithPath: SharedDetector.models).deletingLastPathComponent().path

    /// Annotations that mark what the reference runtime found: in COCO's format, with sides of 1000.
    private static func annotations(atLeast score: Double) throws -> (data: Data, images: Int, objects: Int) {
        let path = folder + "/detect/expected/photos_2001_ort.json"
        let expected = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
        let files = try #require(expected["files"] as? [String: [[String: Any]]])
        let names = ["vehicle", "Person", "bike", "unicorn"]
        var images: [[String: Any]] = []
        var objects: [[String: Any]] = []
        for (index, name) in files.keys.sorted().filter({ $0.hasSuffix(".bmp") || $0.hasSuffix(".png") }).enumerated() {
            images.append(["id": index + 1, "file_name": name, "width": 1000, "height": 1000])
            for found in files[name] ?? [] where (found["score"] as? Double ?? 0) >= score {
                let edges = try #require(found["box"] as? [Double]).map { 1000 * min(max($0, 0), 1) }
                let label = try #require(found["label"] as? String)
                objects.append([
                    "id": objects.count + 1, "image_id": index + 1,
                    "category_id": try #require(names.firstIndex { $0.lowercased() == label }) + 1,
                    "bbox": [edges[1], edges[0], edges[3] - edges[1], edges[2] - edges[0]],
                ])
            }
        }
        let categories = names.enumerated().map { ["id": $0 + 1, "name": $1] as [String: Any] }
        let all: [String: Any] = ["images": images, "annotations": objects, "categories": categories]
        return (try JSONSerialization.data(withJSONObject: all), images.count, objects.count)
    }

    @Test func aDetectorHasAnAveragePrecision() throws {
        try Lookout.withFolder { folder in
            let model = try SharedDetector.imported(to: folder)
            let (data, images, objects) = try Self.annotations(atLeast: 0.4)
            try #require(images > 5 && objects > 3)
            let file = folder + "/annotations.json"
            try data.write(to: URL(fileURLWithPath: file))
            let arguments = [
                "model", "evaluate", "--model", model, "--annotations", file, Self.folder + "/media/photos",
            ]
            let outcome = try Lookout.run(Lookout.path, arguments + ["--json"])
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
            let result = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            #expect(result["images"] as? Int == images)
            // Other pixels: an area filter instead of Pillow's bilinear one.
            #expect(
                try #require(result["ap50"] as? Double) > 0.9 && #require(result["ap"] as? Double) > 0.8, "\(result)")
            #expect(result["not_known"] as? [String] == ["unicorn"])
            let text = try Lookout.run(Lookout.path, arguments)
            #expect(text.output.contains("AP50") && text.output.contains("AP Person"), "\(text.output)")
        }
    }

    @Test func mistakesAreExplained() throws {
        try Lookout.withFolder { folder in
            let model = try SharedDetector.imported(to: folder)
            let none = try Lookout.run(Lookout.path, ["model", "evaluate", "--model", model, folder])
            #expect(none.status == EX_USAGE && none.errors.contains("--annotations names the JSON file"))
            let file = folder + "/a.json"
            try Data(
                #"{"images":[{"id":1,"file_name":"a.png","width":9,"height":9}],"annotations":[],"categories":[{"id":1,"name":"cup"}]}"#
                    .utf8
            ).write(to: URL(fileURLWithPath: file))
            let other = try Lookout.run(
                Lookout.path, ["model", "evaluate", "--model", model, "--annotations", file, folder])
            #expect(other.errors.contains("the model has no label that is a category of the annotations"))
        }
    }
}
