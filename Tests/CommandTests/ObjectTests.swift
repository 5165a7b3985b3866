import Foundation
import TestSupport
import Testing

/// Intel's detector and a clip, if they are there.
enum SharedDetector {
    private static let folder = Lookout.checkout.deletingLastPathComponent().appendingPathComponent("shared").path
    static let models = folder + "/models"
    static let network = folder + "/models/person-vehicle-bike-detection-2001.xml"
    static let photo = folder + "/media/photos/grace_hopper.bmp"
    static let oneCar = folder + "/media/videos/car-detection-4s-9s-mjpeg.avi"
    /// Persons who stand at a table, one after the other.
    static let persons = folder + "/media/videos/one-by-one-person-detection.mp4"
    static let cars = folder + "/media/videos/car-detection.mp4"
    /// Two cyclists at the far end of a car park.
    static let cyclists = folder + "/media/videos/person-bicycle-car-detection-preview.mp4"
    /// A cockatoo, which the detector takes for a person.
    static let cockatoo = folder + "/media/videos/cockatoo_yuv420.mp4"
    static let name = "person-vehicle-bike"
    static let isThere = [network, cars].allSatisfy(FileManager.default.fileExists)
}

extension SharedDetector {
    /// Imports the detector into a folder, and returns the path of the model.
    @discardableResult static func imported(to folder: String) throws -> String {
        let model = "\(folder)/\(name).safetensors"
        let outcome = try Lookout.run(Lookout.path, ["model", "import", "--name", name, "--output", model, network])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return model
    }
}

/// A published detector on real clips: who was there, and which way they went.
@Suite(
    .enabled(if: SharedDetector.isThere, "../shared is not there: no detector and no clips"), .timeLimit(.minutes(20)))
struct ObjectTests {
    private struct Record: Decodable {
        var type: String
        var id: String
        var label: String
        var direction: String?
        var dwell: Double?
        var reason: String?
    }

    /// Runs `analyze` on the cars with the imported network.
    private static func analyze(_ model: String, _ arguments: String...) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let outcome = try Lookout.run(
            Lookout.path, ["analyze", "--json", "--model", model, "--fps", "5"] + arguments + [SharedDetector.cars])
        return (outcome.status, outcome.output, outcome.errors)
    }

    private static func withModel(_ body: (_ model: String, _ folder: String) throws -> Void) throws {
        try Lookout.withFolder { folder in
            try body(try SharedDetector.imported(to: folder), folder)
        }
    }

    @Test func fourCarsPassAndTheirDirectionsAreCounted() throws {
        try Self.withModel { model, folder in
            let arguments = ["--line", "middle=0,0.5,1,0.5;to_right=down;to_left=up;anchor=center"]
            let one = try Self.analyze(
                model, arguments[0], arguments[1], "--workers", "1", "--samples", folder + "/samples")
            try #require(one.status == 0, "\(one.errors)")
            let records = try one.output.split(separator: "\n").map {
                try JSONDecoder().decode(Record.self, from: Data($0.utf8))
            }
            #expect(records.count { $0.type == "start" && $0.label == "vehicle" } == 4)
            #expect(records.count { $0.type == "end" && $0.reason == "cleared" } == 4)
            #expect(Set(records.map(\.id)).count == 4)
            let directions = records.filter { $0.type == "cross" }.compactMap(\.direction)
            #expect(directions.sorted() == ["down", "down", "up", "up"])
            // Records are valid, and do not depend on the number of workers.
            #expect(try EventSchema.violations(in: one.output) == [])
            let samples = try String(contentsOfFile: folder + "/samples", encoding: .utf8)
            #expect(try EventSchema.violations(in: samples, definition: "object_sample") == [])
            #expect(try Self.analyze(model, arguments[0], arguments[1], "--workers", "3").output == one.output)
        }
    }

    @Test func smallObjectsAreFoundInCrops() throws {
        try Self.withModel { model, _ in
            let objects = try ["0", "2"].map { crops in
                let outcome = try Lookout.run(
                    Lookout.path,
                    ["analyze", "--json", "--model", model, "--fps", "5", "--crops", crops, SharedDetector.cyclists])
                try #require(outcome.status == 0, "\(outcome.errors)")
                return outcome.output.split(separator: "\n").count { $0.contains(#""type":"start""#) }
            }
            #expect(objects[0] < 2)
            #expect(objects[1] >= 2)
        }
    }

    /// Without the classifier, the test would see that it is needed.
    @Test(.enabled(if: Lookout.hasModel, "the model is not there")) func aBirdIsNoPerson() throws {
        try Self.withModel { model, _ in
            let labels = try ["off", "auto"].map { choice in
                let outcome = try Lookout.run(
                    Lookout.path,
                    ["analyze", "--json", "--model", model, "--classify", choice, SharedDetector.cockatoo])
                try #require(outcome.status == 0, "\(outcome.errors)")
                #expect(try EventSchema.violations(in: outcome.output) == [])
                return Set(
                    try outcome.output.split(separator: "\n").map {
                        try JSONDecoder().decode(Record.self, from: Data($0.utf8)).label
                    })
            }
            #expect(labels[0] == ["person"])
            #expect(labels[1].contains("bird") && labels[1].isSubset(of: ["bird", "animal"]), "\(labels[1])")
        }
    }

    @Test func theSecondStageHasToGiveLabels() throws {
        try Self.withModel { model, _ in
            let outcome = try Self.analyze(model, "--classify", model)
            #expect(outcome.status == 65, "\(outcome.errors)")
            #expect(outcome.errors.contains("objects are classified by a model that gives labels"))
            let unknown = try Self.analyze(model, "--classify", "mobilenet-v9")
            #expect(unknown.status != 0 && unknown.errors.contains("there is no such model"), "\(unknown.errors)")
        }
    }

    @Test func zonesHaveTheTimeInside() throws {
        try Self.withModel { model, _ in
            let run = try Self.analyze(model, "--zone", "left=0,0,0.4,0,0.4,1,0,1;anchor=center")
            let dwells = try run.output.split(separator: "\n").map {
                try JSONDecoder().decode(Record.self, from: Data($0.utf8))
            }.filter { $0.type == "leave" }.compactMap(\.dwell)
            // The truth, by eye: 3.7 s and 2.64 s.
            try #require(dwells.count == 2)
            #expect(abs(dwells[0] - 3.7) < 1 && abs(dwells[1] - 2.64) < 1)
        }
    }

    /// The clip is played in real time, behind the motion gate.
    @Test func aCameraGivesTheSameObjects() throws {
        try Self.withModel { model, _ in
            let run = try Lookout.run(
                Lookout.path,
                [
                    "watch", "--model", model, "--fps", "5", "--line",
                    "middle=0,0.5,1,0.5;to_right=down;to_left=up;anchor=center", "cars=file:" + SharedDetector.oneCar,
                ])
            try #require(run.status == 0, "\(run.errors)")
            let records = try run.output.split(separator: "\n").map {
                try JSONDecoder().decode(Record.self, from: Data($0.utf8))
            }
            #expect(
                records.map(\.type).filter { ["start", "cross", "end"].contains($0) } == ["start", "cross", "end"])
            #expect(Set(records.map(\.id)).count == 1 && records.allSatisfy { $0.label == "vehicle" })
            #expect(records.compactMap(\.direction) == ["up"])
            #expect(try EventSchema.violations(in: run.output) == [])
        }
    }

    @Test func classifyPrintsTheObjectsOfAnImage() throws {
        try Self.withModel { model, _ in
            let text = try Lookout.run(Lookout.path, ["classify", "--model", model, SharedDetector.photo])
            #expect(text.status == 0 && text.output.contains("  person  "))
            let json = try Lookout.run(Lookout.path, ["classify", "--json", "--model", model, SharedDetector.photo])
            #expect(
                json.output.contains(#""detections":[{"label":"person","score":0."#)
                    && json.output.contains(#""box":["#))
            let info = try Lookout.run(Lookout.path, ["model", "info", model])
            #expect(info.output.contains("detection"))
        }
    }

    @Test func whatIsNoZoneOrLineIsRefused() throws {
        try Self.withModel { model, _ in
            let crossed = try Self.analyze(model, "--zone", "z=0,0,1,1,1,0,0,1")
            #expect(crossed.status == 64 && crossed.errors.contains("--zone z: its edges 1 and 3 cross"))
            let short = try Self.analyze(model, "--line", "l=0.5,0.5,0.5,0.5")
            #expect(short.status == 64 && short.errors.contains("--line l: the line has no length"))
            let unknown = try Self.analyze(model, "--line", "l=0.5,0,0.5,1;to_rigth=in")
            #expect(unknown.status == 64 && unknown.errors.contains("\"to_rigth\" is not one of to_right, to_left"))
        }
    }
}

/// A classifier has no places.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct ZonesOfClassifierTests {
    @Test func aLineNeedsADetector() throws {
        let outcome = try Lookout.run(Lookout.path, ["analyze", "--line", "l=0.5,0,0.5,1", Lookout.bikes])
        #expect(outcome.status != 0 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("need a model that detects objects"))
    }
}
