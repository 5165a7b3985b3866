// Elementwise arithmetic, activations, softmax and conversions.

extension TensorFlowLiteImport {
    mutating func addArithmetic(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let (first, second) = (try input(operation, 0), try input(operation, 1))
        let activation = try operation.options?.number(0, default: Int8(0)) ?? 0
        guard let clamp = TensorFlowLiteActivation(rawValue: activation) else {
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
            try value(of: first, isQuantized: quantization != nil),
            try value(of: second, isQuantized: quantization != nil),
        ].sorted { builder.graph[$0].shape.count > builder.graph[$1].shape.count }
        let value = try builder.add(
            operation.name == "Add" ? .add : .multiply, named: try file.tensor(output).name, to: values,
            quantization: quantization)
        try finish(value, activation, output: output)
    }

    /// Returns the value of an operation whose other input is constant.
    private mutating func operand(_ number: Int, _ quantization: Quantization?) throws -> PendingValue {
        quantization == nil ? try pending(number) : PendingValue(try value(of: number, isQuantized: true))
    }

    /// Returns the values of a constant: one, or one for each channel.
    private mutating func factors(_ number: Int) throws -> [Float] {
        let tensor = try constant(number)
        guard tensor.values.count == tensor.shape.last ?? 1, !tensor.values.isEmpty else {
            throw builder.error("not supported: a constant of the shape \(tensor.shape)")
        }
        return tensor.values
    }

    private func combine(_ name: String, _ value: PendingValue, _ factors: [Float], isReversed: Bool) -> PendingValue? {
        switch (name, isReversed) {
        case ("Add", _): value.added(factors)
        case ("Sub", false): value.added(factors.map { -$0 })
        case ("Sub", true): value.multiplied(by: [-1])?.added(factors)
        case ("Mul", _): value.multiplied(by: factors)
        case ("Div", false): value.multiplied(by: factors.map { 1 / $0 })
        default: nil
        }
    }

    /// Stores a sum or a product with a constant. In a quantized model, it is a layer of its own, because each
    /// operation rounds.
    private mutating func keep(
        _ value: PendingValue, _ activation: TensorFlowLiteActivation, as output: Int, _ quantization: Quantization?
    ) throws {
        guard let quantization else {
            guard let clamped = value.clamped(activation.bounds.lower, activation.bounds.upper) else {
                throw builder.error("not supported: its activation function")
            }
            return keep(clamped, as: output)
        }
        guard value.isAffine, builder.graph[value.base].quantization != nil else {
            throw builder.error("not supported: with this constant, in a quantized model")
        }
        let result = try builder.addAffine(
            value.base, value.scale, value.shift, named: try file.tensor(output).name, quantization: quantization)
        try finish(result, activation.rawValue, output: output)
    }

    // MARK: - Functions

    mutating func addFunction(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let source = try input(operation, 0)
        let quantization = try file.tensor(output).quantization()
        let name = try file.tensor(output).name
        if operation.name.hasPrefix("Relu") {
            let activation: TensorFlowLiteActivation =
                switch operation.name {
                case "Relu": .relu
                case "Relu6": .relu6
                default: .reluN1To1
                }
            var pending = try pending(source)
            if quantization != nil { pending = PendingValue(try value(of: source, isQuantized: true)) }
            guard let clamped = pending.clamped(activation.bounds.lower, activation.bounds.upper) else {
                pending = PendingValue(try value(of: source))
                pending = pending.clamped(activation.bounds.lower, activation.bounds.upper) ?? pending
                return keep(pending, as: output)
            }
            pending = clamped
            pending.quantization = quantization
            return keep(pending, as: output)
        }
        let value = try self.value(of: source, isQuantized: quantization != nil)
        let layer: Layer
        switch operation.name {
        case "HardSwish": layer = .activation(.hardSwish)
        case "Logistic": layer = .activation(.sigmoid)
        default:
            guard try operation.options?.float(0, default: 1) ?? 1 == 1 else {
                throw builder.error("not supported: a β other than 1")
            }
            guard try file.tensor(output).shape.last == builder.graph[value].shape.channels else {
                throw builder.error("not supported: softmax over more than the channels")
            }
            layer = .softmax
        }
        keep(try builder.add(layer, named: name, to: [value], quantization: quantization), as: output)
    }

    /// Adds Quantize or Dequantize. Constant weights of float16 are dequantized, too.
    mutating func addConversion(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let source = try input(operation, 0)
        let name = try file.tensor(output).name
        if try isConstant(source) {
            guard operation.name == "Dequantize" else {
                throw builder.error("not supported: quantization of constants")
            }
            let stored = try constant(source)
            let shape = try file.tensor(output).shape
            guard shape == stored.shape else {
                throw builder.error("its output has the shape \(shape), and its input \(stored.shape)")
            }
            constants[output] = stored
            return
        }
        let value = try self.value(of: source)
        guard let quantization = try file.tensor(output).quantization() else {
            return keep(try builder.dequantized(value), as: output)
        }
        keep(try builder.quantized(value, as: quantization, named: name), as: output)
    }
}
