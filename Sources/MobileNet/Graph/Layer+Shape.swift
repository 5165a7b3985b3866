extension Layer {
    /// The shape of what it computes.
    ///
    /// - Throws: a sentence that says why the inputs do not fit.
    func outputShape(for inputs: [Shape]) throws(ShapeMismatch) -> Shape {
        guard arity.contains(inputs.count) else { throw ShapeMismatch("cannot take \(inputs.count) inputs") }
        switch self {
        case .input:
            throw ShapeMismatch("a network has one input, and it is its first layer")
        case .convolution(let outputs, let kernel, _):
            return try slide(kernel, over: inputs[0], channels: outputs)
        case .depthwise(let kernel, _):
            return try slide(kernel, over: inputs[0], channels: inputs[0].channels)
        case .averagePool(let kernel), .maxPool(let kernel):
            // Every window has to cover some of the image.
            let margins = kernel.padding.margins
            guard max(margins[0], margins[1]) < kernel.height, max(margins[2], margins[3]) < kernel.width else {
                throw ShapeMismatch("a window that sees nothing of the image")
            }
            return try slide(kernel, over: inputs[0], channels: inputs[0].channels)
        case .transposedConvolution(let outputs, let kernel, _):
            return try spread(kernel, over: inputs[0], channels: outputs)
        case .dense(let outputs):
            guard inputs[0].isVector else { throw ShapeMismatch("wants a vector, gets \(inputs[0])") }
            return Shape(channels: outputs)
        case .add, .multiply:
            return try combined(inputs[0], inputs[1])
        case .globalAveragePool:
            return Shape(channels: inputs[0].channels)
        case .normalization, .activation, .softmax, .quantize, .dequantize:
            return inputs[0]
        case .upsample, .concatenation, .rows, .stack, .detections:
            return try rearranged(inputs)
        }
    }

    /// The shape of what only moves numbers, or picks some of them.
    private func rearranged(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
        let first = inputs[0]
        switch self {
        case .upsample(let factor):
            guard (1...64).contains(factor) else { throw ShapeMismatch("cannot enlarge \(factor) times") }
            return Shape(channels: first.channels, height: first.height * factor, width: first.width * factor)
        case .concatenation:
            guard inputs.allSatisfy({ $0.height == first.height && $0.width == first.width }) else {
                throw ShapeMismatch("cannot put planes of different sizes together")
            }
            return Shape(channels: inputs.reduce(0) { $0 + $1.channels }, height: first.height, width: first.width)
        case .rows(let columns):
            guard columns > 0, first.count.isMultiple(of: columns) else {
                throw ShapeMismatch("cannot make rows of \(columns) numbers of \(first)")
            }
            return Shape(channels: columns, height: first.count / columns, width: 1)
        case .stack:
            guard inputs.allSatisfy({ $0.channels == first.channels && $0.width == first.width }) else {
                throw ShapeMismatch("cannot stack tables of different widths")
            }
            return Shape(channels: first.channels, height: inputs.reduce(0) { $0 + $1.height }, width: first.width)
        case .detections(let parameters):
            return try boxes(inputs[0], inputs[1], parameters)
        default:
            return first
        }
    }

    private func combined(_ first: Shape, _ second: Shape) throws(ShapeMismatch) -> Shape {
        guard first == second || second == Shape(channels: first.channels) else {
            throw ShapeMismatch("cannot combine \(first) and \(second)")
        }
        return first
    }

    private func slide(_ kernel: KernelGeometry, over input: Shape, channels: Int) throws(ShapeMismatch) -> Shape {
        try kernel.check()
        let height = kernel.vertical.outputExtent(input.height)
        let width = kernel.horizontal.outputExtent(input.width)
        guard height > 0, width > 0 else {
            throw ShapeMismatch("a window of \(kernel.height) × \(kernel.width) does not fit on \(input)")
        }
        return Shape(channels: channels, height: height, width: width)
    }

    /// As ONNX's ConvTranspose: the windows of all pixels, without the margins.
    private func spread(_ kernel: KernelGeometry, over input: Shape, channels: Int) throws(ShapeMismatch) -> Shape {
        try kernel.check()
        guard case .explicit(let top, let bottom, let left, let right) = kernel.padding else {
            throw ShapeMismatch("a transposed convolution needs explicit padding")
        }
        let height = (input.height - 1) * kernel.verticalStride + kernel.height - top - bottom
        let width = (input.width - 1) * kernel.horizontalStride + kernel.width - left - right
        guard height > 0, width > 0 else { throw ShapeMismatch("nothing is left of its output") }
        return Shape(channels: channels, height: height, width: width)
    }

    private func boxes(
        _ boxes: Shape, _ scores: Shape, _ parameters: DetectionParameters
    ) throws(ShapeMismatch) -> Shape {
        guard boxes.channels == 4, boxes.height == scores.height, boxes.width == 1, scores.width == 1 else {
            throw ShapeMismatch("cannot make boxes of \(boxes) and \(scores)")
        }
        guard parameters.scales.count == 4, parameters.scales.allSatisfy({ $0.isFinite && $0 != 0 }),
            (1...10_000).contains(parameters.most), (1...100).contains(parameters.classesPerBox),
            (1...scores.channels).contains(parameters.classes), (1...10_000).contains(parameters.mostPerClass),
            scores.channels - parameters.classes <= 1
        else { throw ShapeMismatch("its parameters make no sense") }
        return Shape(
            channels: DetectionParameters.columns, height: parameters.most * parameters.classesPerBox, width: 1)
    }
}

extension KernelGeometry {
    /// Whether it is a window that can be slid, and not one that a damaged file speaks of.
    fileprivate func check() throws(ShapeMismatch) {
        let extents = 1...1024
        guard extents.contains(height), extents.contains(width),
            extents.contains(verticalStride), extents.contains(horizontalStride),
            padding.margins.allSatisfy({ (0...1024).contains($0) })
        else { throw ShapeMismatch("a window of \(height) × \(width) with these steps is impossible") }
    }
}

/// Why a layer cannot take its inputs.
struct ShapeMismatch: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}
