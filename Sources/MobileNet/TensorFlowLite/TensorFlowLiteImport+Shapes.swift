// Reshaping, concatenation, resizing, padding, and the post-processing of detectors.

extension TensorFlowLiteImport {
    mutating func addReshape(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let source = try input(operation, 0)
        let pending = try pending(source)
        let shape = builder.graph[pending.base].shape
        var target = try file.tensor(output).shape
        // The file may leave the batch size open.
        if target.first == 0 { target[0] = 1 }
        let columns = target.last ?? 0
        let isWhole = columns == shape.count && target.dropLast().allSatisfy { $0 == 1 }
        let keepsPlane = target.count == 4 && target[1...2].elementsEqual([shape.height, shape.width])
        if isWhole || columns == shape.channels && (shape.width == 1 || keepsPlane) {
            return keep(pending, as: output)
        }
        let value = try self.value(of: source)
        keep(
            try builder.add(
                .reshape(channels: columns), named: try file.tensor(output).name, to: [value],
                quantization: builder.graph[value].quantization),
            as: output)
    }

    mutating func addConcatenation(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        guard let options = operation.options else { throw builder.error("its options are missing") }
        let tensor = try file.tensor(output)
        let quantization = try tensor.quantization()
        var axis = Int(try options.number(0, default: Int32(0)))
        if axis < 0 { axis += tensor.shape.count }
        var values: [Graph.Value] = []
        for index in operation.inputs.indices {
            values.append(try value(of: try input(operation, index), isQuantized: quantization != nil))
        }
        let isStack = axis == 1 && tensor.shape.count > 2 && values.allSatisfy { builder.graph[$0].shape.width == 1 }
        guard isStack || axis == tensor.shape.count - 1 else {
            throw builder.error("not supported: along the axis \(axis)")
        }
        let value = try builder.add(
            isStack ? .rowConcatenation : .concatenation, named: tensor.name, to: values, quantization: quantization)
        try finish(value, try options.number(1, default: Int8(0)), output: output)
    }

    mutating func addResize(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let size = try file.tensor(try input(operation, 1)).integers(in: file.bytes)
        let value = try self.value(of: try input(operation, 0))
        let shape = builder.graph[value].shape
        let aligns = try operation.options?.number(0, default: UInt8(0)) ?? 0 != 0
        guard size.count == 2, size[0].isMultiple(of: shape.height), !aligns,
            case let factor = size[0] / shape.height, (1...64).contains(factor), size[1] == factor * shape.width
        else { throw builder.error("not supported: to other than a multiple of the size, up to 64 times") }
        keep(
            try builder.add(
                .upsample(factor: factor), named: try file.tensor(output).name, to: [value],
                quantization: builder.graph[value].quantization),
            as: output)
    }

    mutating func addPadding(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let source = try input(operation, 0)
        let widths = try file.tensor(try input(operation, 1)).integers(in: file.bytes)
        guard widths.count == 8, widths[0...1] == [0, 0], widths[6...7] == [0, 0],
            widths.allSatisfy({ (0...64).contains($0) })
        else { throw builder.error("not supported: a padding of \(widths.prefix(8))") }
        if operation.name == "Padv2", try constant(try input(operation, 2)).values.contains(where: { $0 != 0 }) {
            throw builder.error("not supported: other than zero padding")
        }
        var value = Value(PendingValue(try self.value(of: source)))
        value.margins = Array(widths[2...5])
        values[output] = value
    }

    // MARK: - Detections

    /// Adds the post-processing of a single-shot detector: a custom operator that makes bounding boxes.
    mutating func addDetections(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let options = try FlexMap(file.bytes[operation.customOptions])
        func number(_ name: String, default missing: Double) throws -> Double {
            let value = options[name] ?? missing
            guard value.isFinite, abs(value) <= 1e6 else { throw builder.error("its \(name) is out of range") }
            return value
        }
        let parameters = DetectionParameters(
            most: Int(try number("max_detections", default: 10)),
            classesPerBox: Int(try number("max_classes_per_detection", default: 1)),
            classes: Int(try number("num_classes", default: 0)),
            scoreThreshold: Float(try number("nms_score_threshold", default: 0)),
            overlapThreshold: Float(try number("nms_iou_threshold", default: 0.6)),
            scales: try ["y_scale", "x_scale", "h_scale", "w_scale"].map { Float(try number($0, default: 1)) },
            isPerClass: try number("use_regular_nms", default: 0) != 0,
            mostPerClass: Int(try number("detections_per_class", default: 100)))
        let anchors = try constant(try input(operation, 2))
        let tables = [try value(of: try input(operation, 0)), try value(of: try input(operation, 1))]
        let value = try builder.add(.detections(parameters), named: "detections", to: tables)
        builder.weights[builder.graph[value].name + ".anchors"] = anchors
        keep(value, as: output)
    }

    /// Appends the post-processing of a detector to its outputs: box offsets and scores.
    mutating func detections(_ postProcessing: DetectionPostProcessing) throws -> Graph.Value {
        var tables: [Graph.Value] = []
        for number in file.outputs { tables.append(try table(number, rows: postProcessing.rows)) }
        let names = try file.outputs.map { try file.tensor($0).name }
        let places = try DetectionPostProcessing.places(
            of: zip(names, tables).map { ($0, builder.graph[$1].shape.channels) })
        return try postProcessing.append(
            boxes: tables[places.boxes], scores: tables[places.scores], .tensorFlowLite, to: &builder)
    }

    /// Returns a value as a table `[columns, rows, 1]`.
    private mutating func table(_ number: Int, rows: Int) throws -> Graph.Value {
        let value = try self.value(of: number)
        let shape = builder.graph[value].shape
        guard rows > 0, shape.count.isMultiple(of: rows) else {
            throw builder.error("\(rows) anchors for an output of \(shape)")
        }
        let columns = shape.count / rows
        if shape.channels == columns, shape.width == 1 { return value }
        return try builder.add(
            .reshape(channels: columns), named: try file.tensor(number).name + ".rows", to: [value],
            quantization: builder.graph[value].quantization)
    }
}
