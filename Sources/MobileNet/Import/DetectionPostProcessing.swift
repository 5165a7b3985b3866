import Basics

/// Post-processing that an import adds to a network which ends with box offsets and scores.
struct DetectionPostProcessing {
    /// Defaults of a format.
    struct Defaults {
        var boxOrder: DetectionParameters.BoxOrder
        var background: DetectorOptions.Background

        static let onnx = Defaults(boxOrder: .xywh, background: .last)
        static let tensorFlowLite = Defaults(boxOrder: .yxhw, background: .first)
    }

    /// Centre y, centre x, height and width of each anchor in normalized coordinates (0–1).
    private let anchors: [Float]
    private let options: DetectorOptions
    /// Function that makes scores of the output; `nil` for softmax, unless the network ends with a function.
    private let activation: Head.Activation?

    /// Upper limit of the anchors.
    private static let mostAnchors = 1 << 18

    /// Number of rows of the box offsets and of the scores.
    var rows: Int { anchors.count / 4 }

    /// Reads the anchors; `nil` if the options name none.
    ///
    /// - Throws: ``FileError`` if the file cannot be read or is malformed, ``FormatError`` for an option out of range.
    init?(_ options: ImportOptions) throws {
        guard let path = options.detector.anchorsFile else { return nil }
        let bytes = try Files.read(path, atMost: 16 * Self.mostAnchors)
        do {
            anchors = try Self.anchors(bytes)
        } catch {
            throw FileError(path: path, contents: error)
        }
        self.options = options.detector
        activation = options.activation
    }

    private static func anchors(_ bytes: [UInt8]) throws(FormatError) -> [Float] {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: 16) else {
            throw FormatError("\(bytes.count) bytes; four values of float32 for each anchor are wanted")
        }
        let edges = try StoredTensor(type: .float32, shape: [bytes.count / 4]).read(from: bytes, in: 0..<bytes.count)
            .values
        var anchors: [Float] = []
        anchors.reserveCapacity(edges.count)
        for row in stride(from: 0, to: edges.count, by: 4) {
            let (left, top, right, bottom) = (edges[row], edges[row + 1], edges[row + 2], edges[row + 3])
            guard left < right, top < bottom, edges[row..<row + 4].allSatisfy({ abs($0) <= 100 }) else {
                throw FormatError(
                    "the anchor \(row / 4 + 1) is no box; its left, top, right and bottom edge are wanted, from 0 to 1")
            }
            anchors += [(top + bottom) / 2, (left + right) / 2, bottom - top, right - left]
        }
        return anchors
    }

    /// Returns the indices of the outputs with the box offsets and with the scores: by their names, else the boxes are
    /// the first with four columns.
    ///
    /// - Parameter outputs: names of the outputs, with the count of columns of each.
    /// - Throws: ``FormatError`` if there are other than two outputs, or none has four columns.
    static func places(of outputs: [(name: String, columns: Int)]) throws(FormatError) -> (boxes: Int, scores: Int) {
        guard outputs.count == 2 else {
            throw FormatError("\(outputs.count) outputs; with anchors, a network has two: box offsets and scores")
        }
        let names = outputs.map { $0.name.lowercased() }
        let boxes =
            outputs.indices.first { index in
                outputs[index].columns == 4 && ["loc", "box", "reg"].contains { names[index].contains($0) }
            } ?? outputs.indices.first { outputs[$0].columns == 4 }
        guard let boxes else { throw FormatError("no output with four columns, which the box offsets have") }
        return (boxes, 1 - boxes)
    }

    /// Appends the post-processing.
    ///
    /// - Parameters:
    ///   - boxes: box offsets, `[4, rows, 1]`.
    ///   - scores: scores, `[columns, rows, 1]`.
    ///   - defaults: defaults of the format.
    ///   - builder: the network.
    /// - Returns: the detections.
    func append(
        boxes: Graph.Value, scores: Graph.Value, _ defaults: Defaults, to builder: inout NetworkBuilder
    ) throws -> Graph.Value {
        for table in [boxes, scores] where builder.graph[table].shape.height != rows {
            throw FormatError("\(rows) anchors for \(builder.graph[table].shape.height) boxes")
        }
        var tables = [builder.quantizedSource(of: boxes), builder.quantizedSource(of: scores)]
        tables[1] = try activated(tables[1], in: &builder)
        let columns = builder.graph[scores].shape.channels
        let value = try builder.add(
            .detections(try parameters(columns: columns, defaults)), named: "detections", to: tables)
        builder.weights[builder.graph[value].name + ".anchors"] = Tensor(shape: [rows, 4], values: anchors)
        return value
    }

    /// Applies the function that makes scores of the output, if the network does not end with one.
    private func activated(_ scores: Graph.Value, in builder: inout NetworkBuilder) throws -> Graph.Value {
        let wanted = activation ?? (builder.graph.givesProbabilities(scores) ? .none : .softmax)
        guard wanted != .none else { return scores }
        // Probabilities from 0 to 1.
        let quantization = builder.graph[scores].quantization.map { _ in Quantization(scale: 1 / 256, zeroPoint: 0) }
        return try builder.add(
            wanted == .softmax ? .softmax : .activation(.sigmoid), named: "scores", to: [scores],
            quantization: quantization)
    }

    private func parameters(columns: Int, _ defaults: Defaults) throws(FormatError) -> DetectionParameters {
        let background = options.background ?? defaults.background
        let variances = options.variances ?? [0.1, 0.1, 0.2, 0.2]
        guard variances.count == 4, variances.allSatisfy({ (1e-6...1e6).contains($0) }) else {
            throw FormatError("variances of \(variances); four values above zero are wanted")
        }
        let classes = columns - (background == .none ? 0 : 1)
        guard classes > 0 else { throw FormatError("scores of the background only") }
        var parameters = DetectionParameters(
            most: options.most, classes: classes, scoreThreshold: options.scoreThreshold,
            overlapThreshold: options.overlapThreshold, scales: variances.map { 1 / $0 }, isPerClass: true,
            mostPerClass: options.most)
        parameters.mostCandidates = options.most
        parameters.boxOrder = options.boxOrder ?? defaults.boxOrder
        parameters.background = background == .last ? .last : .first
        return parameters
    }
}

extension NetworkBuilder {
    /// Returns the quantized value that a value was dequantized from, or the value itself.
    fileprivate func quantizedSource(of value: Graph.Value) -> Graph.Value {
        graph[value].layer == .dequantize ? graph[value].inputs[0] : value
    }
}
