/// Deferred elementwise function of a value.
///
/// Files express one layer of the graph as several operations in varying order. So an elementwise operation is deferred
/// until the next operations show which layer it belongs to:
///
///     clamp(scale · f(base) + shift, lower, upper)
///
/// where f is the identity or h-swish. For example, the operations of x ∙ relu6(x + 3) / 6 become one h-swish. A
/// function that is not one of the graph's layers becomes several layers.
struct PendingValue {
    /// Output of a layer.
    var base: Graph.Value
    /// Whether f is h-swish.
    var isHardSwish = false
    /// One value for all channels, or one for each.
    var scale: [Float] = [1]
    /// One value for all channels, or one for each.
    var shift: [Float] = [0]
    var lower = -Float.infinity
    var upper = Float.infinity
    /// Quantization in the file; `nil` for float32.
    var quantization: Quantization?

    init(_ base: Graph.Value, quantization: Quantization? = nil) {
        self.base = base
        self.quantization = quantization
    }

    /// Whether the function is the identity.
    var isBase: Bool { isAffine && !isHardSwish && isUnscaled }
    /// Whether the scale is 1 and the shift 0.
    var isUnscaled: Bool { scale.allSatisfy { $0 == 1 } && shift.allSatisfy { $0 == 0 } }
    /// Whether the function does not clamp.
    var isAffine: Bool { lower == -.infinity && upper == .infinity }

    // MARK: - Operations

    /// Multiplies by one factor, or one for each channel. Returns `nil` if the product does not have the form above.
    func multiplied(by factors: [Float]) -> PendingValue? {
        guard isAffine || factors.count == 1, fits(factors), factors.allSatisfy(\.isFinite) else { return nil }
        var result = self
        result.scale = Self.combine(scale, factors, *)
        result.shift = Self.combine(shift, factors, *)
        guard let factor = factors.first, !isAffine else { return result }
        guard factor != 0 else { return nil }
        let bounds = [lower * factor, upper * factor].sorted()
        (result.lower, result.upper) = (bounds[0], bounds[1])
        return result
    }

    /// Adds one summand, or one for each channel. Returns `nil` if the sum does not have the form above.
    func added(_ summands: [Float]) -> PendingValue? {
        guard isAffine || summands.count == 1, fits(summands), summands.allSatisfy(\.isFinite) else { return nil }
        var result = self
        result.shift = Self.combine(shift, summands, +)
        guard let summand = summands.first, !isAffine else { return result }
        result.lower += summand
        result.upper += summand
        return result
    }

    /// Whether an operand has one value, or as many values as scale and shift.
    private func fits(_ operand: [Float]) -> Bool {
        operand.count == 1 || [scale.count, shift.count].allSatisfy { $0 == 1 || $0 == operand.count }
    }

    /// Clamps to bounds. Returns `nil` if the result does not have the form above.
    func clamped(_ lower: Float, _ upper: Float) -> PendingValue? {
        guard lower <= upper, !isHardSwish else {
            return lower <= upper && lower == -.infinity && upper == .infinity ? self : nil
        }
        var result = self
        result.lower = min(max(self.lower, lower), upper)
        result.upper = max(min(self.upper, upper), lower)
        return result
    }

    /// Multiplies two functions of one base. Returns `nil` unless the product is h-swish: `a x · clamp(b (x + 3), 0, 6
    /// b)`.
    func multiplied(by other: PendingValue) -> PendingValue? {
        guard base == other.base, !isHardSwish, !other.isHardSwish, isAffine != other.isAffine else { return nil }
        let (linear, clamp) = isAffine ? (self, other) : (other, self)
        guard linear.scale.count == 1, linear.shift == [0], clamp.scale.count == 1, clamp.shift.count == 1,
            let factor = clamp.hardSigmoidFactor
        else { return nil }
        var result = PendingValue(base)
        result.isHardSwish = true
        result.scale = [linear.scale[0] * factor]
        return result
    }

    /// Factor f if the function is `f · hardSigmoid(base)`; else `nil`.
    ///
    /// The bounds may differ by one quantization step, because quantized values do not reach all bounds exactly.
    var hardSigmoidFactor: Float? {
        guard !isHardSwish, lower.isFinite, upper.isFinite, upper > 0, scale.count == 1, shift.count == 1 else {
            return nil
        }
        let tolerance = max(upper * 1e-5, (quantization?.scale ?? 0) * 1.01)
        let factor = scale[0] * 6
        guard abs(lower) <= tolerance, abs(upper - factor) <= tolerance, abs(shift[0] - factor / 2) <= tolerance * 0.5
        else { return nil }
        return factor
    }

    /// Applies an operation to two lists elementwise. A list of one value is broadcast.
    static func combine(_ first: [Float], _ second: [Float], _ operation: (Float, Float) -> Float) -> [Float] {
        let count = max(first.count, second.count)
        return (0..<count).map { operation(first[first.count == 1 ? 0 : $0], second[second.count == 1 ? 0 : $0]) }
    }
}

extension NetworkBuilder {
    /// Appends the layers that compute a deferred function, as few as possible.
    mutating func compute(_ pending: PendingValue, named name: String) throws(GraphError) -> Graph.Value {
        if pending.isBase { return pending.base }
        if let quantization = pending.quantization { return try computeQuantized(pending, quantization, named: name) }
        let base = try dequantized(pending.base)
        if pending.isHardSwish {
            let value = try add(.activation(.hardSwish), named: name, to: [base])
            return try affine(value, pending.scale, pending.shift, named: name + ".scaled")
        }
        if pending.isAffine { return try affine(base, pending.scale, pending.shift, named: name) }
        return try computeClamp(pending, base, named: name)
    }

    /// Computes `scale · x + shift`: folded into the weights of the previous layer if nothing else reads its output,
    /// else in a layer.
    private mutating func affine(
        _ value: Graph.Value, _ scale: [Float], _ shift: [Float], named name: String
    ) throws(GraphError) -> Graph.Value {
        if scale.allSatisfy({ $0 == 1 }), shift.allSatisfy({ $0 == 0 }) { return value }
        let channels = graph[value].shape.channels
        guard [1, channels].contains(scale.count), [1, channels].contains(shift.count) else {
            throw error("not supported: \(max(scale.count, shift.count)) factors for \(channels) channels")
        }
        if fold(scale, shift, into: value) { return value }
        if value == graph.input, foldable.contains(value) { return foldIntoInput(scale, shift) }
        return try addAffine(value, scale, shift, named: name)
    }

    /// Appends a layer that computes `scale · x + shift`: batch normalization with a mean of 0 and a variance of 1.
    mutating func addAffine(
        _ value: Graph.Value, _ scale: [Float], _ shift: [Float], named name: String, quantization: Quantization? = nil
    ) throws(GraphError) -> Graph.Value {
        let channels = graph[value].shape.channels
        guard [1, channels].contains(scale.count), [1, channels].contains(shift.count) else {
            throw error("not supported: \(max(scale.count, shift.count)) factors for \(channels) channels")
        }
        let result = try add(.normalization(epsilon: 0), named: name, to: [value], quantization: quantization)
        func tensor(_ values: [Float]) -> Tensor {
            Tensor(shape: [channels], values: PendingValue.combine(values, [Float](repeating: 0, count: channels), +))
        }
        let prefix = graph[result].name
        weights[prefix + ".weight"] = tensor(scale)
        weights[prefix + ".bias"] = tensor(shift)
        weights[prefix + ".running_mean"] = tensor([0])
        weights[prefix + ".running_var"] = tensor([1])
        return result
    }

    private mutating func foldIntoInput(_ scale: [Float], _ shift: [Float]) -> Graph.Value {
        inputScale = PendingValue.combine(inputScale, scale, *)
        inputShift = PendingValue.combine(PendingValue.combine(inputShift, scale, *), shift, +)
        return graph.input
    }

    /// Folds `scale · x + shift` into the weights of a layer.
    ///
    /// - Returns: whether it was possible. A shift needs a layer with a bias.
    private mutating func fold(_ scale: [Float], _ shift: [Float], into value: Graph.Value) -> Bool {
        guard foldable.contains(value), graph[value].quantization == nil else { return false }
        let node = graph[value]
        let parameters = node.parameters
        guard parameters.count == 2 || parameters.count == 1 && shift.allSatisfy({ $0 == 0 }),
            let weight = weights[parameters[0].name]
        else { return false }
        let outputs = node.shape.channels
        let bias = parameters.count == 2 ? weights[parameters[1].name] : nil
        guard bias?.values.count ?? outputs == outputs else { return false }
        var axis = 0
        if case .transposedConvolution = node.layer { axis = 1 }
        let inner = weight.shape[(axis + 1)...].reduce(1, *)
        let scaled = weight.values.enumerated().map { $1 * scale[scale.count == 1 ? 0 : $0 / inner % outputs] }
        weights[parameters[0].name] = Tensor(shape: weight.shape, values: scaled)
        if let bias {
            let summed = PendingValue.combine(PendingValue.combine(bias.values, scale, *), shift, +)
            weights[parameters[1].name] = Tensor(shape: bias.shape, values: summed)
        }
        return true
    }

    /// Computes a clamp as a known activation, scaled before and after.
    private mutating func computeClamp(
        _ pending: PendingValue, _ base: Graph.Value, named name: String
    ) throws(GraphError) -> Graph.Value {
        let (lower, upper) = (pending.lower, pending.upper)
        func scaled(_ factor: Float, _ summand: Float) -> (scale: [Float], shift: [Float]) {
            (pending.scale.map { $0 * factor }, pending.shift.map { $0 * factor + summand })
        }
        var activation = Activation.relu
        var before = scaled(1, 0)
        var after = (scale: [1 as Float], shift: [0 as Float])
        if upper == .infinity {  // max(x, lower)
            before = scaled(1, -lower)
            after.shift = [lower]
        } else if lower == -.infinity {  // min(x, upper)
            before = scaled(-1, upper)
            after = ([-1], [upper])
        } else if lower == upper {
            throw error("not supported: a clamp to a single value")
        } else if lower == 0, upper == 6 || pending.shift.allSatisfy({ $0 == 0 }) {
            activation = .relu6
            before = scaled(6 / upper, 0)
            after.scale = [upper / 6]
        } else {
            activation = .hardSigmoid
            let range = upper - lower
            before = scaled(6 / range, -6 * lower / range - 3)
            after = ([range], [lower])
        }
        let input = try affine(base, cleaned(before.scale), cleaned(before.shift), named: name + ".before")
        let value = try add(.activation(activation), named: name, to: [input])
        return try affine(value, after.scale, after.shift, named: name + ".after")
    }

    /// Rounds factors close to 1 and summands close to 0, so that rounding errors do not become layers.
    private func cleaned(_ values: [Float]) -> [Float] {
        values.map { abs($0) < 1e-6 ? 0 : abs($0 - 1) < 1e-6 ? 1 : $0 }
    }

    /// Appends the quantized layer that computes a deferred function.
    private mutating func computeQuantized(
        _ pending: PendingValue, _ quantization: Quantization, named name: String
    ) throws(GraphError) -> Graph.Value {
        if pending.isHardSwish, pending.shift == [0], abs(pending.scale[0] - 1) < 0.01 {
            return try add(.activation(.hardSwish), named: name, to: [pending.base], quantization: quantization)
        }
        if let factor = pending.hardSigmoidFactor, abs(factor - 1) < 0.01 {
            return try add(.activation(.hardSigmoid), named: name, to: [pending.base], quantization: quantization)
        }
        if pending.isUnscaled, !pending.isHardSwish, pending.lower == 0,
            pending.upper == 6 || pending.upper == .infinity
        {
            let activation = pending.upper == 6 ? Activation.relu6 : .relu
            return try add(.activation(activation), named: name, to: [pending.base], quantization: quantization)
        }
        guard pending.isAffine, !pending.isHardSwish else {
            throw error("not supported: this function in a quantized model")
        }
        return try addAffine(pending.base, pending.scale, pending.shift, named: name, quantization: quantization)
    }
}
