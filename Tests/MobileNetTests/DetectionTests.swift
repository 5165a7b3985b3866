import Testing

@testable import MobileNet

/// Boxes are made of a detector's tables as TensorFlow Lite makes them.
@Suite(.timeLimit(.minutes(20))) struct DetectionTests {
    /// Four anchors of a tenth of the image, in a row; rows of boxes that lie where their anchors lie.
    private static let anchors: [Float] = (0..<4).flatMap { [0.5, 0.2 + 0.2 * Float($0), 0.1, 0.1] }

    @Test func boxesLieAtTheirAnchorsAndTheBestComeFirst() throws {
        // Background, then two classes.
        let rows = try run(
            scores: [[0.9, 0.1, 0], [0, 0.3, 0.8], [0, 0.6, 0.5], [0, 0.1, 0.2]], threshold: 0.3, most: 3)
        #expect(rows.count == 3)
        expectRow(rows[0], [0.45, 0.35, 0.55, 0.45, 1, 0.8])
        expectRow(rows[1], [0.45, 0.55, 0.55, 0.65, 0, 0.6])
        expectRow(rows[2], [0, 0, 0, 0, 0, 0])
    }

    @Test func ofBoxesThatOverlapTheBestStays() throws {
        // The second lies half a box to the right of its anchor, twice as wide: on the third.
        let rows = try run(
            boxes: [[0, 0, 0, 0], [0, 20, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
            scores: [[0, 0.5, 0], [0, 0.7, 0], [0, 0.9, 0], [0, 0.1, 0]], threshold: 0.3, most: 4)
        #expect(rows.map { $0[5] } == [0.9, 0.5, 0, 0])
    }

    @Test func classesThatDoNotCompeteAreBothListed() throws {
        let boxes: [[Float]] = [[0, 0, 0, 0], [0, 20, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
        let scores: [[Float]] = [[0, 0.5, 0], [0, 0, 0.7], [0, 0.9, 0], [0, 0.1, 0]]
        let rows = try run(boxes: boxes, scores: scores, threshold: 0.3, most: 4, isPerClass: true)
        #expect(rows.map { $0[5] } == [0.9, 0.7, 0.5, 0])
        #expect(rows.map { $0[4] } == [0, 1, 0, 0])
    }

    private func expectRow(_ row: [Float], _ expected: [Float]) {
        for (value, wanted) in zip(row, expected) { #expect(abs(value - wanted) < 1e-5, "\(row)") }
    }

    /// A network that gives the tables whatever the image is: its weights are zeros, its biases the tables.
    private func run(
        boxes: [[Float]] = Array(repeating: [0, 0, 0, 0], count: 4), scores: [[Float]], threshold: Float, most: Int,
        isPerClass: Bool = false
    ) throws -> [[Float]] {
        var graph = Graph(input: Shape(channels: 3, height: 2, width: 2))
        let stem = try graph.add(.convolution(outputs: 1, kernel: .pixel, bias: true), named: "stem", to: graph.input)
        let mean = try graph.add(.globalAveragePool, named: "mean", to: stem)
        let first = try graph.add(.dense(outputs: 16), named: "boxes", to: mean)
        let boxTable = try graph.add(.reshape(channels: 4), named: "box table", to: first)
        let second = try graph.add(.dense(outputs: 12), named: "scores", to: mean)
        let scoreTable = try graph.add(.reshape(channels: 3), named: "score table", to: second)
        let parameters = DetectionParameters(
            most: most, classes: 2, scoreThreshold: threshold, overlapThreshold: 0.6, scales: [10, 10, 5, 5],
            isPerClass: isPerClass, mostPerClass: 10)
        _ = try graph.add(.detections(parameters), named: "boxes out", to: boxTable, scoreTable)
        let weights = Weights([
            "stem.weight": Tensor(shape: [1, 3, 1, 1], values: [0, 0, 0]), "stem.bias": Tensor(shape: [1], values: [0]),
            "boxes.weight": Tensor(shape: [16, 1], values: Array(repeating: 0, count: 16)),
            "boxes.bias": Tensor(shape: [16], values: boxes.flatMap { $0 }),
            "scores.weight": Tensor(shape: [12, 1], values: Array(repeating: 0, count: 12)),
            "scores.bias": Tensor(shape: [12], values: scores.flatMap { $0 }),
            "boxes out.anchors": Tensor(shape: [4, 4], values: Self.anchors),
        ])
        let plan = try Plan(graph: graph, weights: weights, normalization: .symmetric, instructionSet: .best)
        let output = plan.logits(for: Array(repeating: 0, count: 12))
        return stride(from: 0, to: output.count, by: 6).map { Array(output[$0..<$0 + 6]) }
    }
}
