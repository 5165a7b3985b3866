import KernelInterface

/// Weights of a quantized layer, with their zero point subtracted.
struct IntegerWeights {
    /// `[outputs][reduction]`, from −255 to 255.
    var weight: [Int16]
    /// `[outputs]`.
    var bias: [Int32]
    /// Zero point that was subtracted.
    var zeroPoint: Int32
    /// Scale of each output, or one scale for all.
    var scales: [Float]

    var outputs: Int { bias.count }
    var reduction: Int { weight.count / bias.count }

    /// Reads the weights of a node.
    ///
    /// - Throws: ``WeightsError`` if a tensor is missing or does not fit.
    init(of node: Graph.Node, in weights: Weights) throws(WeightsError) {
        let parameters = node.parameters
        let tensor = try weights.quantizedTensor(of: parameters[0])
        guard case .int8(let values) = tensor.values else { throw .width(parameters[0].name) }
        zeroPoint = tensor.zeroPoint
        let zero = Int16(tensor.zeroPoint)
        weight = values.map { Int16($0) - zero }
        scales = tensor.scales
        guard parameters.count > 1 else {
            bias = [Int32](repeating: 0, count: parameters[0].shape[0])
            return
        }
        guard case .int32(let summands) = try weights.quantizedTensor(of: parameters[1]).values else {
            throw .width(parameters[1].name)
        }
        bias = summands
    }

    /// Returns the requantization factor of each output: input scale · weight scale / output scale.
    ///
    /// The precision is that of TensorFlow Lite: with one scale for all outputs, the product is float32.
    func factors(from source: Quantization, to target: Quantization) -> [QuantizedMultiplier] {
        if scales.count == 1 {
            let factor = QuantizedMultiplier(Double(source.scale * scales[0]) / Double(target.scale))
            return [QuantizedMultiplier](repeating: factor, count: outputs)
        }
        return scales.map { QuantizedMultiplier(Double(source.scale) * Double($0) / Double(target.scale)) }
    }

    /// Returns the initial values of the sums: the bias minus the contribution of the input's zero point x₀.
    ///
    /// Σ (x − x₀) w = Σ x w − x₀ Σ w. The border around the input holds x₀.
    func biases(inputZeroPoint: Int32) -> [Int32] {
        weight.withUnsafeBufferPointer { weight in
            let reduction = reduction
            return (0..<outputs).map { output in
                var sum: Int32 = 0
                for at in output * reduction..<(output + 1) * reduction { sum &+= Int32(weight[at]) }
                return bias[output] &- inputZeroPoint &* sum
            }
        }
    }

    /// Whether all weights fit int8.
    var fitsInt8: Bool { weight.allSatisfy { (-128...127).contains($0) } }

    /// Number of int8 values whose sum can be each weight.
    var pieces: Int { fitsInt8 ? 1 : weight.allSatisfy { (-256...254).contains($0) } ? 2 : 3 }

    /// Returns an int8 piece of a weight. The sum of all pieces is the weight.
    static func piece(_ index: Int, of weight: Int16) -> Int16 {
        var rest = weight
        for _ in 0..<index { rest -= min(max(rest, -128), 127) }
        return min(max(rest, -128), 127)
    }
}

/// Packs quantized weights in the order in which the kernels read them.
struct IntegerPacking {
    /// Bytes of a packed weight: 1 or 2.
    let weightBytes: Int
    /// Weights of a group.
    let group: Int

    init(_ kernels: IntegerKernelTable) {
        weightBytes = kernels.weightBytes
        group = kernels.group
    }

    /// Packs panels for a matrix product: `[panel][groups][panel width][group]`. The blocks that do not fill a panel form
    /// panels of one block.
    ///
    /// - Parameters:
    ///   - channels: the number of outputs; padded to whole blocks.
    ///   - panel: the number of blocks in a full panel.
    ///   - steps: the length of the kernel's reduction.
    ///   - weight: returns the weight of an output and a step.
    func panels(channels: Int, panel: Int, steps: Int, weight: (_ output: Int, _ step: Int) -> Int16) -> [UInt8] {
        let blocks = (channels + 15) / 16
        return packed(count: blocks * 16 * steps) { write in
            var first = 0
            while first < blocks {
                let width = first + panel <= blocks ? panel : 1
                for start in stride(from: 0, to: steps, by: group) {
                    for channel in first * 16..<(first + width) * 16 {
                        for step in start..<start + group { write(channel < channels ? weight(channel, step) : 0) }
                    }
                }
                first += width
            }
        }
    }

    /// Packs weights for a depthwise convolution: `[blocks][steps][phases][16][group]`.
    ///
    /// - Parameter weight: returns the weight of a channel, a step, one of the outputs that share the step, and a position
    ///   in the group.
    func taps(
        channels: Int, steps: Int, phases: Int,
        weight: (_ channel: Int, _ step: Int, _ phase: Int, _ position: Int) -> Int16
    ) -> [UInt8] {
        let blocks = (channels + 15) / 16
        return packed(count: blocks * 16 * steps * phases * group) { write in
            for block in 0..<blocks {
                for step in 0..<steps {
                    for phase in 0..<phases {
                        for channel in block * 16..<(block + 1) * 16 {
                            for position in 0..<group {
                                write(channel < channels ? weight(channel, step, phase, position) : 0)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Encodes weights as little-endian values of ``weightBytes`` bytes.
    private func packed(count: Int, _ fill: ((Int16) -> Void) -> Void) -> [UInt8] {
        let weightBytes = weightBytes
        return [UInt8](unsafeUninitializedCapacity: count * weightBytes) { buffer, size in
            var at = 0
            fill { weight in
                buffer[at] = UInt8(truncatingIfNeeded: weight)
                if weightBytes == 2 { buffer[at + 1] = UInt8(truncatingIfNeeded: weight >> 8) }
                at += weightBytes
            }
            size = at
        }
    }
}
