import Basics
import Foundation
import Testing

@testable import MobileNet

/// torchvision's ssdlite320_mobilenet_v3_large with seeded weights: Scripts/ssdlite_goldens.py.
@Suite(.timeLimit(.minutes(20))) struct SSDLiteTests {
    /// What torchvision computes in float64.
    private struct Reference {
        /// Every so many rows of the heads are known.
        static let step = 29
        static let columns = 4 + 91

        /// Offsets and logits of the rows that are known.
        var rows: [[Float]] = []
        /// Edges in pixels (left, top, right, bottom), score, and label from 1.
        var detections: [[Float]] = []

        init(file: String = #filePath) throws {
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
            let bytes = try Files.read(
                folder.appendingPathComponent("Goldens/ssdlite320-mobilenet-v3-large.f32").path)
            var values = stride(from: 0, to: bytes.count, by: 4).map { place in
                bytes.withUnsafeBytes {
                    Float(bitPattern: $0.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian)
                }
            }[...]
            rows = Self.take(Self.columns, from: &values)
            detections = Self.take(6, from: &values)
        }

        /// Takes a number of rows, and the rows.
        private static func take(_ columns: Int, from values: inout ArraySlice<Float>) -> [[Float]] {
            let count = Int(values.removeFirst())
            return (0..<count).map { _ in
                defer { values.removeFirst(columns) }
                return Array(values.prefix(columns))
            }
        }
    }

    private static let image = Seeded.image("picture", resolution: SSDLite.resolution)

    /// State dict with seeded weights, by torchvision's names.
    private static func tensors(classes: Int = 90, tail: Int = 80) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for node in try SSDLite(tail: tail, classes: classes).graph().nodes {
            for parameter in node.parameters where !parameter.name.hasSuffix(".anchors") {
                // Squeeze-and-excitation are 1×1 convolutions there.
                let shape = parameter.shape + (parameter.shape.count == 2 ? [1, 1] : [])
                var tensor = Seeded.tensor(parameter.name, shape: shape)
                let scale = scale(parameter.name, shape)
                tensor = Tensor(shape: shape, values: tensor.values.map { $0 * scale })
                tensors[parameter.name] = tensor
            }
        }
        return tensors
    }

    /// Factors by which values stay small, and scores differ.
    private static func scale(_ name: String, _ shape: [Int]) -> Float {
        guard name.hasSuffix(".weight") else { return 1 }
        if shape.count == 1 { return 0.8 }
        return name.hasPrefix("head.classification_head") && name.hasSuffix(".1.weight") ? 6 : 1
    }

    private static func model(_ tensors: [String: Tensor], labels: [String]? = nil) throws -> Model {
        var options = ImportOptions()
        options.labels = labels
        return try ModelImport.read(CheckpointWriter.zip(tensors), options: options)
    }

    /// Returns the value of a layer: a row of columns for each anchor.
    private static func table(_ name: String, of model: Model, _ instructionSet: InstructionSet) throws -> [[Float]] {
        let whole = try model.network.graph(classes: 0)
        var graph = Graph(input: whole[whole.input].shape)
        for node in whole.nodes.dropFirst() {
            _ = try graph.add(node.layer, named: node.name, to: node.inputs)
            if node.name == name { break }
        }
        let plan = try Plan(
            graph: graph, weights: model.weights, normalization: model.normalization, instructionSet: instructionSet)
        let columns = graph[graph.output].shape.channels
        let values = plan.logits(for: image)
        return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }

    @Test func offsetsAndLogitsAreThoseOfTorchvision() throws {
        let reference = try Reference()
        let model = try Self.model(Self.tensors())
        #expect(model.labels == .coco && model.normalization == .symmetric)
        for instructionSet in InstructionSet.supported {
            for (name, columns) in [("head.regression_head.rows", 0..<4), ("head.classification_head.rows", 4..<95)] {
                let table = try Self.table(name, of: model, instructionSet)
                #expect(table.count == 3234)
                let wanted = reference.rows.flatMap { $0[columns] }
                let found = stride(from: 0, to: table.count, by: Reference.step).flatMap { table[$0] }
                try #require(found.count == wanted.count)
                let largest = wanted.map(abs).max() ?? 0
                let difference = (zip(found, wanted).map { abs($0 - $1) }.max() ?? .infinity) / largest
                print("\(name), \(instructionSet): within \(difference) of the largest value")
                #expect(difference < 1e-5)
            }
        }
    }

    /// Detections whose scores differ by less than the error of float32 may change places.
    @Test func detectionsAreThoseOfTorchvisionInTheSameOrder() throws {
        let reference = try Reference().detections
        let plan = try Self.model(Self.tensors()).plan(for: .best)
        let values = plan.logits(for: Self.image)
        let found = stride(from: 0, to: values.count, by: 6).map { Array(values[$0..<$0 + 6]) }
        try #require(found.count == 300 && reference.count == 300)
        for (rank, wanted) in reference.enumerated() {
            let edges = [wanted[1], wanted[0], wanted[3], wanted[2]].map { $0 / 320 }
            let places = found.indices.filter { place in
                let own = found[place]
                return own[4] == wanted[5] - 1 && abs(own[5] - wanted[4]) < 2e-5
                    && zip(own, edges).allSatisfy { abs($0 - $1) < 1e-4 }
            }
            #expect(
                places.contains { $0 == rank || abs(reference[$0][4] - wanted[4]) < 1e-5 },
                "detection \(rank): \(wanted) is at \(places)")
        }
    }

    @Test func aDetectorOfOtherClassesNeedsTheirLabels() throws {
        let tensors = try Self.tensors(classes: 3)
        #expect(throws: ImportOptionMissing.self) { try Self.model(tensors) }
        let model = try Self.model(tensors, labels: ["cat", "dog", "owl"])
        #expect(model.labels.names == ["cat", "dog", "owl"])
        #expect(try model.plan(for: .best).task == .detection)
    }

    /// A backbone that was trained to classify has a wider tail.
    @Test func theTailMayHaveTheWidthOfAClassifier() throws {
        let model = try Self.model(Self.tensors(tail: 160))
        #expect(try model.plan(for: .best).logits(for: Self.image).allSatisfy(\.isFinite))
    }

    @Test func whatIsWrongIsNamed() throws {
        var missing = try Self.tensors()
        missing["backbone.extra.2.1.0.weight"] = nil
        #expect {
            _ = try Self.model(missing)
        } throws: {
            "\($0)"
                == "as ssdlite320_mobilenet_v3_large: the tensor \"backbone.extra.2.1.0.weight\" is missing"
        }
        var extra = try Self.tensors()
        extra["head.other.weight"] = Tensor(shape: [1], values: [0])
        #expect {
            _ = try Self.model(extra)
        } throws: {
            "\($0)".contains("the tensor \"head.other.weight\" has no place in the network")
        }
    }
}
