import Basics
import Foundation
import Testing

@testable import MobileNet

/// Regression tests of files and networks that once crashed the program or were computed wrongly.
///
/// The files are in Tests/Fuzz/Corpus; Scripts/hostile_files.py writes those that were made by hand.
@Suite(.timeLimit(.minutes(20))) struct CorpusTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/Corpus").path

    private static func files(_ format: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = "\(folder)/\(format)"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            ($0, try Files.read("\(folder)/\($0)"))
        }
    }

    @Test func modelsThatOnceFailedAreRightOrRefused() throws {
        let files = try Self.files("safetensors")
        #expect(files.count >= 10)
        var networks = 0
        for (name, bytes) in files {
            guard let (graph, weights) = Self.network(bytes, name) else { continue }
            networks += 1
            var check = GraphCheck(graph, weights: weights, seed: 1)
            #expect(throws: Never.self, "\(name)") { try check.run() }
        }
        print("\(networks) of \(files.count) model files are networks")
        #expect(networks >= 5, "the file format has changed")
    }

    /// Network of a file; `nil` if the file is refused.
    private static func network(_ bytes: [UInt8], _ name: String) -> (Graph, Weights)? {
        do {
            let model = try Model(Safetensors(bytes))
            return (try model.graph(), model.weights)
        } catch {
            #expect("\(error)".utf8.count < 1000, "\(name): \(error)")
            return nil
        }
    }

    @Test(arguments: ["onnx", "lite", "checkpoint"])
    func filesThatOnceFailedAreReadOrRefused(_ format: String) throws {
        guard FileManager.default.fileExists(atPath: "\(Self.folder)/\(format)") else { return }
        for (name, bytes) in try Self.files(format) {
            do {
                switch format {
                case "onnx": _ = try OnnxImport.read(bytes, size: (16, 16))
                case "lite": _ = try TensorFlowLiteImport.read(bytes)
                default: _ = try CheckpointImport.read(bytes, as: nil)
                }
            } catch {
                #expect("\(error)".utf8.count < 1000, "\(name): \(error)")
            }
        }
    }

    /// Networks that the graph fuzzer found.
    @Test func networksThatOnceFailedAreRight() throws {
        for (name, bytes) in try Self.files("graph") {
            var check = GraphCheck(try JSONDecoder().decode(Graph.self, from: Data(bytes)), seed: 1)
            #expect(throws: Never.self, "\(name)") { try check.run() }
        }
    }
}
