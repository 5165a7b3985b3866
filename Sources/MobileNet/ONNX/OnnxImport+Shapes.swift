// Pooling, reshaping, concatenation, resizing and padding.

extension OnnxImport {
    // MARK: - Pooling

    mutating func addPool(_ node: OnnxFile.Node, _ output: String) throws {
        let source = try input(node, withMargins: node.operation == "MaxPool")
        guard source.margins == nil else { throw builder.error("not supported: padding of its input") }
        let shape = shape(source)
        let (operands, quantization) = try operands([node.inputs[0]], of: output)
        let name = node.name.isEmpty ? output : node.name
        if node.operation == "ReduceMean" { return try addMean(node, output, source, operands, quantization) }
        guard source.isLaidOut(as: OnnxValue.channelsFirst, shape) else {
            throw builder.error("not supported: an input that is not an image")
        }
        let size = node.attributes["kernel_shape"]?.integers ?? [shape.height, shape.width]
        guard size.count == 2, size.allSatisfy({ (1...4096).contains($0) }) else {
            throw builder.error("has a kernel of \(size)")
        }
        let isMaximum = node.operation == "MaxPool"
        var layer = Layer.globalAveragePool
        if node.operation != "GlobalAveragePool" {
            let kernel = try whole(try kernel(node, size: (size[0], size[1]), source), node, shape)
            let coversAll =
                size == [shape.height, shape.width] && kernel.padding.margins.allSatisfy { $0 == 0 }
                && kernel.padding != .same
            if isMaximum || !coversAll || kernel.padding == .symmetric && !kernel.isPixel {
                let countsZeros = node.attributes["count_include_pad"]?.integer ?? 0 != 0
                guard
                    isMaximum || !countsZeros
                        || kernel.padding.margins.allSatisfy({ $0 == 0 }) && kernel.padding != .symmetric
                else {
                    throw builder.error("not supported: average pooling that counts the padding")
                }
                layer = isMaximum ? .maxPool(kernel) : .averagePool(kernel)
            }
        }
        keep(
            try builder.add(layer, named: name, to: operands, quantization: quantization), OnnxValue.channelsFirst,
            as: output
        )
    }

    /// Applies `ceil_mode`: extends the padding so that kernels which reach over the edge count, too.
    private func whole(_ kernel: KernelGeometry, _ node: OnnxFile.Node, _ shape: Shape) throws -> KernelGeometry {
        guard node.attributes["ceil_mode"]?.integer ?? 0 != 0 else { return kernel }
        let rows = kernel.vertical.zeros(around: shape.height).before
        let columns = kernel.horizontal.zeros(around: shape.width).before
        func after(_ extent: Int, _ before: Int, _ axis: KernelGeometry.Axis) -> Int {
            let rest = extent + 2 * before - axis.size
            let steps = rest <= 0 ? 0 : (rest + axis.stride - 1) / axis.stride
            return max(steps * axis.stride + axis.size - extent - before, 0)
        }
        guard kernel.padding == .symmetric || kernel.padding.margins[0] == kernel.padding.margins[1],
            kernel.padding == .symmetric || kernel.padding.margins[2] == kernel.padding.margins[3]
        else { throw builder.error("not supported: ceil_mode with uneven padding") }
        var kernel = kernel
        kernel.padding = .explicit(
            top: rows, bottom: after(shape.height, rows, kernel.vertical), left: columns,
            right: after(shape.width, columns, kernel.horizontal))
        return kernel
    }

    private mutating func addMean(
        _ node: OnnxFile.Node, _ output: String, _ source: OnnxValue, _ operands: [Graph.Value],
        _ quantization: Quantization?
    ) throws {
        let count = source.dimensions.count
        let wanted = try optionalConstant(node, 1)?.integers ?? node.attributes["axes"]?.integers
        let axes = Set((wanted ?? Array(0..<count)).map { $0 < 0 ? $0 + count : $0 })
        let shape = shape(source)
        let reduced = axes.sorted().filter { (0..<count).contains($0) }.flatMap { source.dimensions[$0] }
        guard axes.allSatisfy({ (0..<count).contains($0) }), !reduced.contains(.channels),
            reduced.count == (shape.height > 1 ? 1 : 0) + (shape.width > 1 ? 1 : 0)
        else { throw builder.error("not supported: a mean over the dimensions \(axes.sorted())") }
        let keepsDimensions = node.attributes["keepdims"]?.integer ?? 1 != 0
        let dimensions = source.dimensions.enumerated().compactMap { index, factors in
            axes.contains(index) ? (keepsDimensions ? [] : nil) : factors
        }
        keep(
            try builder.add(
                .globalAveragePool, named: node.name.isEmpty ? output : node.name, to: operands,
                quantization: quantization),
            dimensions, as: output)
    }

    // MARK: - Shapes

    mutating func addReshape(_ node: OnnxFile.Node, _ output: String) throws {
        var value = try input(node)
        let shape = shape(value)
        switch node.operation {
        case "Transpose":
            let order =
                try optionalConstant(node, 1)?.integers ?? node.attributes["perm"]?.integers
                ?? Array(value.dimensions.indices.reversed())
            guard order.sorted() == Array(value.dimensions.indices) else {
                throw builder.error("\(order) is not a permutation of its dimensions")
            }
            value.dimensions = order.map { value.dimensions[$0] }
        case "Reshape":
            guard let wanted = try optionalConstant(node, 1)?.integers else {
                throw builder.error("not supported: a shape that is computed")
            }
            return try reshape(value, to: try OnnxEvaluation.target(wanted, from: value.extents(shape)), node, output)
        default:
            let axes = try optionalConstant(node, 1)?.integers ?? node.attributes["axes"]?.integers
            try OnnxEvaluation.changeDimensions(&value.dimensions, node, axes: axes, isOne: \.isEmpty)
        }
        values[output] = value
    }

    private mutating func reshape(_ value: OnnxValue, to extents: [Int], _ node: OnnxFile.Node, _ output: String) throws
    {
        var value = value
        let shape = shape(value)
        if let dimensions = value.regrouped(extents, shape) {
            value.dimensions = dimensions
            values[output] = value
            return
        }
        // An image whose channels come last is reshaped to a matrix.
        let order = Array(value.dimensions.joined())
        guard order == OnnxValue.reduced([[.height, .width, .channels]], shape)[0], let columns = extents.last,
            extents.dropLast(2).allSatisfy({ $0 == 1 }), columns > 0
        else { throw builder.error("not supported: \(value.extents(shape)) as \(extents)") }
        let source = try compute(node.inputs[0])
        let table = try builder.add(
            .reshape(channels: columns), named: node.name.isEmpty ? output : node.name, to: [source],
            quantization: builder.graph[source].quantization)
        let dimensions =
            [[OnnxValue.Factor]](repeating: [], count: max(extents.count - 2, 0)) + [[.height], [.channels]]
        keep(table, Array(dimensions.suffix(extents.count)), as: output)
    }

    mutating func addConcatenation(_ node: OnnxFile.Node, _ output: String) throws {
        var sources: [OnnxValue] = []
        for place in node.inputs.indices { sources.append(try input(node, place)) }
        guard let first = sources.first else { throw builder.error("it has no inputs") }
        var axis = node.attributes["axis"]?.integer ?? 1
        if axis < 0 { axis += first.dimensions.count }
        let layouts = [
            OnnxValue.channelsFirst, OnnxValue.channelsLast, [[], [.channels]], [[], [.height], [.channels]],
        ]
        let layout = layouts.first { layout in
            layout.indices.contains(axis) && layout[axis] == [.channels]
                && sources.allSatisfy { $0.isLaidOut(as: layout, shape($0)) }
        }
        let table: [[OnnxValue.Factor]] = [[], [.height], [.channels]]
        let isStack =
            layout == nil && axis == 1
            && sources.allSatisfy { $0.isLaidOut(as: table, shape($0)) && shape($0).width == 1 }
        if layout == nil, !isStack, axis == 1, try concatenateRows(of: node, sources, as: output) { return }
        guard let dimensions = layout ?? (isStack ? table : nil) else {
            throw builder.error("not supported: along the dimension \(axis)")
        }
        let (operands, quantization) = try operands(node.inputs, of: output)
        let value = try builder.add(
            isStack ? .rowConcatenation : .concatenation, named: node.name.isEmpty ? output : node.name, to: operands,
            quantization: quantization)
        keep(value, dimensions, as: output)
    }

    /// Concatenates images that were flattened with their channels last, `[1, H · W · C]`, as the rows of one table.
    ///
    /// - Returns: whether the values are such images.
    private mutating func concatenateRows(
        of node: OnnxFile.Node, _ sources: [OnnxValue], as output: String
    ) throws -> Bool {
        for source in sources {
            let flat = OnnxValue.reduced([[], [.height, .width, .channels]], shape(source))
            guard source.dimensions == flat else { return false }
        }
        // The longest rows that every image can be divided into.
        let columns = sources.reduce(0) { Self.commonDivisor($0, shape($1).channels) }
        guard columns > 1 else { return false }
        let (operands, quantization) = try operands(node.inputs, of: output)
        let name = node.name.isEmpty ? output : node.name
        var tables: [Graph.Value] = []
        for operand in operands {
            let shape = builder.graph[operand].shape
            let isTable = shape.channels == columns && shape.width == 1
            tables.append(
                isTable
                    ? operand
                    : try builder.add(
                        .reshape(channels: columns), named: builder.graph[operand].name + ".rows", to: [operand],
                        quantization: builder.graph[operand].quantization))
        }
        let value = try builder.add(.rowConcatenation, named: name, to: tables, quantization: quantization)
        keep(value, [[], [.height, .channels]], as: output)
        return true
    }

    private static func commonDivisor(_ first: Int, _ second: Int) -> Int {
        second == 0 ? first : commonDivisor(second, first % second)
    }

    // MARK: - Sizes

    mutating func addResize(_ node: OnnxFile.Node, _ output: String) throws {
        let source = try input(node)
        let shape = shape(source)
        guard source.isLaidOut(as: OnnxValue.channelsFirst, shape) else {
            throw builder.error("not supported: an input that is not an image")
        }
        let mode = node.attributes["mode"]?.text ?? "nearest"
        guard mode == "nearest", let factor = try factor(node, shape), repeats(node, factor) else {
            throw builder.error("not supported: other than nearest-neighbour by a whole factor")
        }
        let (operands, quantization) = try operands([node.inputs[0]], of: output)
        if factor == 1 {
            values[output] = values[node.inputs[0]]
            return
        }
        keep(
            try builder.add(
                .upsample(factor: factor), named: node.name.isEmpty ? output : node.name, to: operands,
                quantization: quantization),
            OnnxValue.channelsFirst, as: output)
    }

    /// Returns the scale factor if it is a whole number and the same in both directions.
    private mutating func factor(_ node: OnnxFile.Node, _ shape: Shape) throws -> Int? {
        let isUpsample = node.operation == "Upsample" || node.inputs.count == 2
        if let sizes = try optionalConstant(node, 3)?.integers {
            guard sizes.count == 4, sizes[2] > 0, sizes[2].isMultiple(of: shape.height) else { return nil }
            let factor = sizes[2] / shape.height
            return factor <= 64 && sizes[3] == factor * shape.width ? factor : nil
        }
        let scales = try optionalConstant(node, isUpsample ? 1 : 2)?.floats ?? node.attributes["scales"]?.floats ?? []
        guard scales.count == 4, scales[0] == 1, scales[1] == 1, scales[2] == scales[3], (1...64).contains(scales[2])
        else { return nil }
        return Int(exactly: scales[2])
    }

    /// Whether the node's rounding rules repeat each pixel `factor` times.
    private func repeats(_ node: OnnxFile.Node, _ factor: Int) -> Bool {
        if node.operation == "Upsample" || file.version == 10 { return true }
        let rounding = node.attributes["nearest_mode"]?.text ?? "round_prefer_floor"
        switch node.attributes["coordinate_transformation_mode"]?.text ?? "half_pixel" {
        case "asymmetric": return rounding == "floor" || rounding == "round_prefer_floor" && factor <= 2
        case "half_pixel", "pytorch_half_pixel": return rounding.hasPrefix("round")
        case "tf_half_pixel_for_nn": return rounding == "floor"
        default: return false
        }
    }

    mutating func addPadding(_ node: OnnxFile.Node, _ output: String) throws {
        var value = try input(node)
        let widths = try optionalConstant(node, 1)?.integers ?? node.attributes["pads"]?.integers ?? []
        let filling = try optionalConstant(node, 2)?.floats ?? [node.attributes["value"]?.float ?? 0]
        guard node.attributes["mode"]?.text ?? "constant" == "constant", filling.allSatisfy({ $0 == 0 }),
            widths.count == 8,
            [0, 1, 4, 5].allSatisfy({ widths[$0] == 0 }), widths.allSatisfy({ (0...64).contains($0) }),
            value.isLaidOut(as: OnnxValue.channelsFirst, shape(value))
        else { throw builder.error("not supported: other than zero padding of an image") }
        value.pending = PendingValue(try compute(node.inputs[0]))
        if widths.contains(where: { $0 != 0 }) { value.margins = [widths[2], widths[6], widths[3], widths[7]] }
        values[output] = value
    }
}
