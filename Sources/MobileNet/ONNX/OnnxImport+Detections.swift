// Post-processing of detectors.

extension OnnxImport {
    /// Adds the post-processing of a single-shot detector: OpenVINO's operator `DetectionOutput`.
    ///
    /// Inputs: box offsets `[1, rows · 4]`, scores `[1, rows · classes]`, prior boxes and their variances `[1, 2,
    /// rows · 4]`.
    mutating func addDetectionOutput(_ node: OnnxFile.Node, _ output: String) throws {
        guard node.inputs.count == 3 else {
            throw builder.error("not supported: with \(node.inputs.count) inputs; boxes, scores and prior boxes are")
        }
        try checkDetectionOutput(node)
        let priors = try PriorTable(try constant(node.inputs[2]), node)
        let boxes = try table(node.inputs[0], rows: priors.rows)
        let scores = try table(node.inputs[1], rows: priors.rows)
        let parameters = try parameters(node, priors, columns: builder.graph[scores].shape.channels)
        let value = try builder.add(.detections(parameters), named: "detections", to: [boxes, scores])
        builder.weights[builder.graph[value].name + ".anchors"] = Tensor(
            shape: [priors.rows, 4], values: priors.anchors)
        keep(value, [[], [], [.height], [.channels]], as: output)
        builder.foldable.remove(value)
    }

    /// Rejects attributes that change the result in a way that the engine does not support.
    private func checkDetectionOutput(_ node: OnnxFile.Node) throws {
        let code = node.attributes["code_type"]?.text ?? "caffe.PriorBoxParameter.CORNER"
        guard code.hasSuffix("CENTER_SIZE") else {
            throw builder.error("not supported: box offsets of the kind \(shortened(code))")
        }
        guard node.attributes["share_location"]?.integer ?? 1 != 0 else {
            throw builder.error("not supported: boxes of their own for each class")
        }
        guard node.attributes["decrease_label_id"]?.integer ?? 0 == 0 else {
            throw builder.error("not supported: the suppression of MXNet")
        }
    }

    private func parameters(
        _ node: OnnxFile.Node, _ priors: PriorTable, columns: Int
    ) throws -> DetectionParameters {
        let background = node.attributes["background_label_id"]?.integer ?? 0
        let hasBackground = (0..<columns).contains(background)
        guard !hasBackground || background == 0 || background == columns - 1 else {
            throw builder.error("not supported: a background that is neither the first nor the last class")
        }
        func limit(_ name: String) throws -> Int? {
            let value = node.attributes[name]?.integer ?? -1
            guard value == -1 || value > 0 else { throw builder.error("its \(name) is \(value)") }
            return value == -1 ? nil : value
        }
        let (candidates, kept) = (try limit("top_k"), try limit("keep_top_k"))
        let threshold = node.attributes["confidence_threshold"]?.float ?? 0
        let overlap = node.attributes["nms_threshold"]?.float ?? 0.5
        guard threshold.isFinite, overlap.isFinite else { throw builder.error("its thresholds are out of range") }
        let classes = columns - (hasBackground ? 1 : 0)
        let all = 10_000
        var parameters = DetectionParameters(
            most: min(kept ?? all, all, max(priors.rows * classes, 1)), classes: classes,
            // A score has to be above the threshold.
            scoreThreshold: threshold.nextUp, overlapThreshold: overlap, scales: priors.variances.map { 1 / $0 },
            isPerClass: true, mostPerClass: min(priors.rows, all))
        parameters.mostCandidates = candidates.map { min($0, priors.rows) }
        parameters.boxOrder = .xywh
        parameters.background = hasBackground && background == columns - 1 && columns > 1 ? .last : .first
        if node.attributes["clip_after_nms"]?.integer ?? 0 != 0 { parameters.clipping = .afterSuppression }
        if node.attributes["clip_before_nms"]?.integer ?? 0 != 0 { parameters.clipping = .beforeSuppression }
        return parameters
    }

    /// Returns a value as a table `[columns, rows, 1]`: its elements in the order of ONNX.
    mutating func table(_ name: String, rows: Int) throws -> Graph.Value {
        guard let source = values[name], source.margins == nil else {
            throw builder.error("\"\(shortened(name))\" does not depend on the input")
        }
        let shape = shape(source)
        guard Array(source.dimensions.joined()) == OnnxValue.reduced([[.height, .width, .channels]], shape)[0],
            rows > 0, shape.count.isMultiple(of: rows)
        else { throw builder.error("not supported: \(source.extents(shape)) as a table of \(rows) rows") }
        let value = try builder.dequantized(try compute(name))
        let columns = shape.count / rows
        if shape.channels == columns, shape.width == 1 { return value }
        return try builder.add(.reshape(channels: columns), named: "\(name).rows", to: [value])
    }
}

/// Prior boxes of `DetectionOutput`.
private struct PriorTable {
    /// Centre y, centre x, height and width of each box in normalized coordinates (0–1).
    private(set) var anchors: [Float] = []
    /// Factors of the four columns of the box offsets.
    private(set) var variances: [Float] = [1, 1, 1, 1]

    var rows: Int { anchors.count / 4 }

    /// - Parameter constant: edges of the boxes and their variances, `[1, 1 or 2, rows · (4 or 5)]`.
    init(_ constant: OnnxConstant, _ node: OnnxFile.Node) throws(FormatError) {
        // Boxes in pixels have an index of their image in front.
        let isNormalized = node.attributes["normalized"]?.integer ?? 0 != 0
        let isEncoded = node.attributes["variance_encoded_in_target"]?.integer ?? 0 != 0
        let size = isNormalized ? 4 : 5
        let values = constant.floats
        let lines = constant.shape.dropLast().last ?? 1
        guard constant.shape.count <= 3, lines == (isEncoded ? 1 : 2) || lines == 2, !values.isEmpty,
            values.count.isMultiple(of: lines * size), values.allSatisfy(\.isFinite)
        else { throw FormatError("its prior boxes have the shape \(constant.shape)") }
        let count = values.count / lines
        let extents: [Float] =
            isNormalized
            ? [1, 1] : [node.attributes["input_width"]?.float ?? 1, node.attributes["input_height"]?.float ?? 1]
        guard extents.allSatisfy({ $0 > 0 }) else { throw FormatError("its size of the input is out of range") }
        anchors.reserveCapacity(count / size * 4)
        for start in stride(from: size - 4, to: count, by: size) {
            let edges = (0..<4).map { values[start + $0] / extents[$0 % 2] }
            anchors += [
                (edges[1] + edges[3]) / 2, (edges[0] + edges[2]) / 2, edges[3] - edges[1], edges[2] - edges[0],
            ]
        }
        if !isEncoded { variances = try Self.variances(values[count...]) }
    }

    /// Returns the variances, which have to be the same for all boxes.
    private static func variances(_ values: ArraySlice<Float>) throws(FormatError) -> [Float] {
        let first = Array(values.prefix(4))
        guard first.count == 4, first.allSatisfy({ $0 != 0 }),
            zip(values.indices, values).allSatisfy({ $1 == first[($0 - values.startIndex) % 4] })
        else { throw FormatError("not supported: variances that differ from box to box") }
        return first
    }
}
