import Foundation
import Glibc
import Testing

/// `lookout model quantize`, with the photos that everyone has.
@Suite(.enabled(if: Lookout.hasMedia, Lookout.noMedia), .timeLimit(.minutes(20))) struct QuantizeTests {
    @Test func theNewModelSeesWhatTheOldOneSees() throws {
        try Lookout.withFolder { folder in
            try Self.copyPhotos(to: folder)
            let outcome = try Lookout.run(
                "model", "quantize", Lookout.model, "--calibrate", "\(folder)/photos", "--images", "10", "--json",
                "--name", "small", "--output", "\(folder)/small.safetensors")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.isEmpty)
            let lines = try outcome.output.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let summary = try #require(lines.last)
            #expect(summary["images"] as? Int == 2)
            #expect(summary["same_best_label"] as? Int == 2)
            #expect(summary["labelled_images"] as? Int == 2)
            #expect(summary["top1_float32"] as? Double == summary["top1_int8"] as? Double)
            let ratios = lines.compactMap { $0["signal_to_noise_db"] as? Double }
            #expect(ratios.count > 40)
            #expect(ratios.min() ?? 0 > 10)
            let seen = try Lookout.run("classify", "--model", "\(folder)/small.safetensors", Lookout.coffee)
            #expect(seen.output.contains("espresso"), "\(seen.output) \(seen.errors)")
            let sizes = try [Lookout.model, "\(folder)/small.safetensors"].map {
                try #require(try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int)
            }
            #expect(3 * sizes[1] < sizes[0], "\(sizes)")
        }
    }

    @Test func mistakesAreExplained() throws {
        try Lookout.withFolder { folder in
            try Self.copyPhotos(to: folder)
            let missing = try Lookout.run(
                "model", "quantize", Lookout.model, "--calibrate", "\(folder)/nothing", "--output", "\(folder)/a")
            #expect(missing.status == EX_NOINPUT)
            #expect(missing.errors.contains("no such file or folder"))
            try FileManager.default.createDirectory(atPath: "\(folder)/rubbish", withIntermediateDirectories: true)
            try Data("rubbish".utf8).write(to: URL(fileURLWithPath: "\(folder)/rubbish/1.png"))
            let rubbish = try Lookout.run(
                "model", "quantize", Lookout.model, "--calibrate", "\(folder)/rubbish", "--output", "\(folder)/a")
            #expect(rubbish.status == EX_DATAERR)
            #expect(rubbish.errors.contains("no image or frame that can be read"))
            let none = try Lookout.run("model", "quantize", Lookout.model, "--calibrate", folder, "--images", "0")
            #expect(none.status == EX_USAGE)
            #expect(none.errors.contains("--images is a number from 1 to 10000."))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/a"))
        }
    }

    private static func copyPhotos(to folder: String) throws {
        for (photo, label) in [(Lookout.coffee, "espresso"), (Lookout.chelsea, "Egyptian cat")] {
            let target = "\(folder)/photos/\(label)"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: photo, toPath: "\(target)/1.png")
        }
    }
}
