// Elementwise arithmetic, activations and softmax.

extension OnnxImport {
    mutating func addArithmetic(_ node: OnnxFile.Node, _ output: String) throws {
        guard node.inputs.count == 2 else { throw builder.error("not supported: with \(node.inputs.count) inputs") }
        let isFirstComputed = values[node.inputs[0]] != nil
        let isSecondComputed = values[node.inputs[1]] != nil
        if isFirstComputed && isSecondComputed { return try combine(node, output) }
        let source = try input(node, isFirstComputed ? 0 : 1)
        let operand = try factors(try constant(node.inputs[isFirstComputed ? 1 : 0]), for: source)
        let pending = source.pending
        var steps: (PendingValue) -> PendingValue? = { $0 }
        switch (node.operation, isFirstComputed) {
        case ("Add", _), ("Sum", _): steps = { $0.added(operand) }
        case ("Sub", true): steps = { $0.added(operand.map { -$0 }) }
        case ("Sub", false): steps = { $0.multiplied(by: [-1])?.added(operand) }
        case ("Mul", _): steps = { $0.multiplied(by: operand) }
        case ("Div", true): steps = { $0.multiplied(by: operand.map { 1 / $0 }) }
        case ("Max", _) where operand.count == 1: steps = { $0.clamped(operand[0], .infinity) }
        case ("Min", _) where operand.count == 1: steps = { $0.clamped(-.infinity, operand[0]) }
        default: throw builder.error("not supported: with a constant in this place")
        }
        try keep(pending, steps, of: node.inputs[isFirstComputed ? 0 : 1], source.dimensions, as: output)
    }

    /// Stores the result of an operation on a deferred value. If the operation cannot be deferred, the value is
    /// computed first.
    private mutating func keep(
        _ pending: PendingValue, _ step: (PendingValue) -> PendingValue?, of name: String,
        _ dimensions: [[OnnxValue.Factor]],
        as output: String
    ) throws {
        var result = step(pending)
        if result == nil { result = step(PendingValue(try compute(name))) }
        guard let result else { throw builder.error("not supported: with this constant") }
        values[output] = OnnxValue(result, dimensions, of: builder.graph[result.base].shape)
    }

    /// Returns the values of a constant: one, or one for each channel.
    private func factors(_ constant: OnnxConstant, for source: OnnxValue) throws -> [Float] {
        if constant.count == 1 { return constant.floats }
        let channels = shape(source).channels
        // Broadcasting aligns the last dimensions.
        let places = Array(constant.shape.reversed()).enumerated().filter { $0.element != 1 }
        guard places.count == 1, let place = places.first, place.element == channels,
            source.dimensions.reversed().dropFirst(place.offset).first == [.channels]
        else { throw builder.error("not supported: a constant of the shape \(constant.shape)") }
        return constant.floats
    }

    /// Adds or multiplies two values that are not constants.
    private mutating func combine(_ node: OnnxFile.Node, _ output: String) throws {
        guard ["Add", "Mul", "Sum"].contains(node.operation) else {
            throw builder.error("not supported: of two computed tensors")
        }
        let (first, second) = (try input(node, 0), try input(node, 1))
        if node.operation == "Mul", let product = first.pending.multiplied(by: second.pending),
            first.dimensions == second.dimensions
        {
            values[output] = OnnxValue(product, first.dimensions, of: shape(first))
            return
        }
        var names = node.inputs
        if shape(first).count < shape(second).count { names.reverse() }
        guard let larger = values[names[0]], let smaller = values[names[1]], fits(smaller, larger) else {
            throw builder.error(
                "not supported: of tensors of \(first.extents(shape(first))) and \(second.extents(shape(second)))")
        }
        let (operands, quantization) = try operands(names, of: output)
        let value = try builder.add(
            node.operation == "Mul" ? .multiply : .add, named: node.name.isEmpty ? output : node.name, to: operands,
            quantization: quantization)
        keep(value, larger.dimensions, as: output)
    }

    /// Whether a value has the dimensions of another one, or can be broadcast to them.
    private func fits(_ smaller: OnnxValue, _ larger: OnnxValue) -> Bool {
        guard smaller.dimensions.count <= larger.dimensions.count else { return false }
        return zip(smaller.dimensions.reversed(), larger.dimensions.reversed()).allSatisfy { $0 == $1 || $0.isEmpty }
    }

    // MARK: - Functions

    mutating func addFunction(_ node: OnnxFile.Node, _ output: String) throws {
        let source = try input(node)
        let name = node.inputs[0]
        switch node.operation {
        case "Relu":
            return try keep(source.pending, { $0.clamped(0, .infinity) }, of: name, source.dimensions, as: output)
        case "Clip":
            let lower = try bound(node, 1, "min") ?? -.infinity
            let upper = try bound(node, 2, "max") ?? .infinity
            return try keep(source.pending, { $0.clamped(lower, upper) }, of: name, source.dimensions, as: output)
        case "HardSigmoid":
            let alpha = node.attributes["alpha"]?.float ?? 0.2
            let beta = node.attributes["beta"]?.float ?? 0.5
            return try keep(
                source.pending, { $0.multiplied(by: [alpha])?.added([beta])?.clamped(0, 1) }, of: name,
                source.dimensions, as: output)
        default: break
        }
        let (operands, quantization) = try operands([name], of: output)
        if node.operation == "Softmax" { try checkSoftmax(node, source) }
        let layer: Layer =
            switch node.operation {
            case "HardSwish": .activation(.hardSwish)
            case "Sigmoid": .activation(.sigmoid)
            default: .softmax
            }
        keep(
            try builder.add(
                layer, named: node.name.isEmpty ? output : node.name, to: operands, quantization: quantization),
            source.dimensions, as: output)
    }

    /// Returns a bound of Clip from an input or, in older files, from an attribute.
    private mutating func bound(_ node: OnnxFile.Node, _ place: Int, _ attribute: String) throws -> Float? {
        if let constant = try optionalConstant(node, place) {
            guard constant.count == 1, !constant.floats[0].isNaN else {
                throw builder.error("its bound is NaN or not a scalar")
            }
            return constant.floats[0]
        }
        return node.attributes[attribute]?.float
    }

    private func checkSoftmax(_ node: OnnxFile.Node, _ source: OnnxValue) throws {
        // Before version 13, softmax treated all dimensions from the axis on as one.
        let isOld = file.version > 0 && file.version < 13
        let wanted = node.attributes["axis"]?.integer ?? (isOld ? 1 : -1)
        let dimensions = source.dimensions
        guard let axis = Extents.place(wanted, among: dimensions.count),
            Array(dimensions[axis..<(isOld ? dimensions.count : axis + 1)].joined())
                == (shape(source).channels == 1 ? [] : [.channels])
        else { throw builder.error("not supported: over another axis than the channels") }
    }
}
