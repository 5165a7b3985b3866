// Sums, products and functions of single numbers.

extension LiteImport {
    mutating func addArithmetic(_ operation: LiteFile.Operator, _ output: Int) throws {
        let (first, second) = (try input(operation, 0), try input(operation, 1))
        let activation = try operation.options?.number(0, default: Int8(0)) ?? 0
        guard let clamp = LiteActivation(rawValue: activation) else {
            throw builder.error("not supported: its activation function")
        }
        let quantization = try file.tensor(output).quantization()
        var result: PendingValue?
        if try isConstant(second) {
            result = combine(operation.name, try operand(first, quantization), try factors(second), isReversed: false)
        } else if try isConstant(first) {
            result = combine(operation.name, try operand(second, quantization), try factors(first), isReversed: true)
        } else if operation.name == "Mul", quantization == nil {
            result = try pending(first).multiplied(by: try pending(second))
        }
        if let result {
            return try keep(result, clamp, as: output, quantization)
        }
        guard try !isConstant(first), try !isConstant(second), ["Add", "Mul"].contains(operation.name) else {
            throw builder.error("not supported: this combination of inputs")
        }
        let values = [
            try value(of: first, asBytes: quantization != nil), try value(of: second, asBytes: quantization != nil),
        ].sorted { builder.graph[$0].shape.count > builder.graph[$1].shape.count }
        let value = try builder.add(
            operation.name == "Add" ? .add : .multiply, named: try file.tensor(output).name, to: values,
            quantization: quantization)
        try finish(value, activation, output: output)
    }

    /// A value that a constant is added to, or multiplied by.
    private mutating func operand(_ number: Int, _ quantization: Quantization?) throws -> PendingValue {
        quantization == nil ? try pending(number) : PendingValue(try value(of: number, asBytes: true))
    }

    /// One number, or one for each channel.
    private mutating func factors(_ number: Int) throws -> [Float] {
        let tensor = try constant(number)
        guard tensor.values.count == tensor.shape.last ?? 1, !tensor.values.isEmpty else {
            throw builder.error("not supported: a constant of the shape \(tensor.shape)")
        }
        return tensor.values
    }

    private func combine(_ name: String, _ value: PendingValue, _ numbers: [Float], isReversed: Bool) -> PendingValue? {
        switch (name, isReversed) {
        case ("Add", _): value.added(numbers)
        case ("Sub", false): value.added(numbers.map { -$0 })
        case ("Sub", true): value.multiplied(by: [-1])?.added(numbers)
        case ("Mul", _): value.multiplied(by: numbers)
        case ("Div", false): value.multiplied(by: numbers.map { 1 / $0 })
        default: nil
        }
    }

    /// What becomes of a sum or a product with a constant. With bytes, each is a layer of its own, since each rounds.
    private mutating func keep(
        _ value: PendingValue, _ activation: LiteActivation, as output: Int, _ quantization: Quantization?
    ) throws {
        guard let quantization else {
            guard let clamped = value.clamped(activation.bounds.lower, activation.bounds.upper) else {
                throw builder.error("not supported: its activation function")
            }
            return keep(clamped, as: output)
        }
        guard value.isAffine, builder.graph[value.base].quantization != nil else {
            throw builder.error("not supported: with this constant, in bytes")
        }
        let result = try builder.addAffine(
            value.base, value.scale, value.shift, named: try file.tensor(output).name, quantization: quantization)
        try finish(result, activation.rawValue, output: output)
    }

    // MARK: - Functions

    mutating func addFunction(_ operation: LiteFile.Operator, _ output: Int) throws {
        let source = try input(operation, 0)
        let quantization = try file.tensor(output).quantization()
        let name = try file.tensor(output).name
        if operation.name.hasPrefix("Relu") {
            let activation: LiteActivation =
                switch operation.name {
                case "Relu": .relu
                case "Relu6": .relu6
                default: .reluN1To1
                }
            var pending = try pending(source)
            if quantization != nil { pending = PendingValue(try value(of: source, asBytes: true)) }
            guard let clamped = pending.clamped(activation.bounds.lower, activation.bounds.upper) else {
                pending = PendingValue(try value(of: source))
                pending = pending.clamped(activation.bounds.lower, activation.bounds.upper) ?? pending
                return keep(pending, as: output)
            }
            pending = clamped
            pending.quantization = quantization
            return keep(pending, as: output)
        }
        let value = try self.value(of: source, asBytes: quantization != nil)
        let layer: Layer
        switch operation.name {
        case "HardSwish": layer = .activation(.hardSwish)
        case "Logistic": layer = .activation(.sigmoid)
        default:
            guard try operation.options?.real(0, default: 1) ?? 1 == 1 else {
                throw builder.error("not supported: a β other than 1")
            }
            guard try file.tensor(output).shape.last == builder.graph[value].shape.channels else {
                throw builder.error("not supported: softmax over more than the channels")
            }
            layer = .softmax
        }
        keep(try builder.add(layer, named: name, to: [value], quantization: quantization), as: output)
    }

    /// Numbers to bytes, bytes to numbers, and weights of half precision to numbers.
    mutating func addConversion(_ operation: LiteFile.Operator, _ output: Int) throws {
        let source = try input(operation, 0)
        let name = try file.tensor(output).name
        if try isConstant(source) {
            guard operation.name == "Dequantize" else {
                throw builder.error("not supported: constants that it makes bytes of")
            }
            let stored = try constant(source)
            let shape = try file.tensor(output).shape
            guard shape == stored.shape else {
                throw builder.error("it makes a tensor of the shape \(shape) of one of the shape \(stored.shape)")
            }
            constants[output] = stored
            return
        }
        let value = try self.value(of: source)
        guard let quantization = try file.tensor(output).quantization() else {
            return keep(try builder.numbers(value), as: output)
        }
        keep(try builder.bytes(value, as: quantization, named: name), as: output)
    }
}
