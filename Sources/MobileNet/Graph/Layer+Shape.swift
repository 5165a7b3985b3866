extension Layer {
    /// Returns the shape of the output for the shapes of the inputs.
    ///
    /// - Throws: ``ShapeMismatch`` if the inputs do not fit.
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
            // Every position of the kernel has to cover at least one pixel of the input.
            let margins = kernel.padding.margins
            guard max(margins[0], margins[1]) < kernel.height, max(margins[2], margins[3]) < kernel.width else {
                throw ShapeMismatch("a kernel of which a position lies in the padding only")
            }
            return try slide(kernel, over: inputs[0], channels: inputs[0].channels)
        case .transposedConvolution(let outputs, let kernel, _):
            return try spread(kernel, over: inputs[0], channels: outputs)
        case .dense(let outputs):
            guard inputs[0].isVector else { throw ShapeMismatch("it needs a vector, the input is \(inputs[0])") }
            return Shape(channels: outputs)
        case .add, .multiply:
            return try combined(inputs[0], inputs[1])
        case .globalAveragePool:
            return Shape(channels: inputs[0].channels)
        case .normalization, .activation, .softmax, .quantize, .dequantize:
            return inputs[0]
        case .upsample(let factor):
            return try upsampled(inputs[0], factor)
        case .concatenation:
            return try concatenated(inputs)
        case .rowConcatenation:
            return try rowsConcatenated(inputs)
        case .reshape(let channels):
            return try reshaped(inputs[0], channels)
        case .detections(let parameters):
            return try detections(inputs[0], inputs[1], parameters)
        }
    }

    private func upsampled(_ input: Shape, _ factor: Int) throws(ShapeMismatch) -> Shape {
        guard (1...64).contains(factor) else { throw ShapeMismatch("cannot enlarge \(factor) times") }
        return Shape(channels: input.channels, height: input.height * factor, width: input.width * factor)
    }

    private func concatenated(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
        let first = inputs[0]
        guard inputs.allSatisfy({ $0.height == first.height && $0.width == first.width }) else {
            throw ShapeMismatch("cannot concatenate the channels of planes of different sizes")
        }
        return Shape(channels: inputs.reduce(0) { $0 + $1.channels }, height: first.height, width: first.width)
    }

    private func rowsConcatenated(_ inputs: [Shape]) throws(ShapeMismatch) -> Shape {
        let first = inputs[0]
        guard inputs.allSatisfy({ $0.channels == first.channels && $0.width == first.width }) else {
            throw ShapeMismatch("cannot concatenate rows of different sizes")
        }
        return Shape(channels: first.channels, height: inputs.reduce(0) { $0 + $1.height }, width: first.width)
    }

    private func reshaped(_ input: Shape, _ channels: Int) throws(ShapeMismatch) -> Shape {
        guard channels > 0, input.count.isMultiple(of: channels) else {
            throw ShapeMismatch("cannot reshape \(input) to rows of \(channels) values")
        }
        return Shape(channels: channels, height: input.count / channels, width: 1)
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
            throw ShapeMismatch("a kernel of \(kernel.height) × \(kernel.width) does not fit \(input)")
        }
        return Shape(channels: channels, height: height, width: width)
    }

    /// Returns the shape of a transposed convolution, as ONNX's `ConvTranspose` defines it.
    private func spread(_ kernel: KernelGeometry, over input: Shape, channels: Int) throws(ShapeMismatch) -> Shape {
        try kernel.check()
        guard case .explicit(let top, let bottom, let left, let right) = kernel.padding else {
            throw ShapeMismatch("a transposed convolution needs explicit padding")
        }
        let height = (input.height - 1) * kernel.verticalStride + kernel.height - top - bottom
        let width = (input.width - 1) * kernel.horizontalStride + kernel.width - left - right
        guard height > 0, width > 0 else { throw ShapeMismatch("its output is empty") }
        return Shape(channels: channels, height: height, width: width)
    }

    private func detections(
        _ boxes: Shape, _ scores: Shape, _ parameters: DetectionParameters
    ) throws(ShapeMismatch) -> Shape {
        guard boxes.channels == 4, boxes.height == scores.height, boxes.width == 1, scores.width == 1 else {
            throw ShapeMismatch("cannot make bounding boxes of \(boxes) and \(scores)")
        }
        let background = scores.channels - parameters.classes
        guard parameters.areInRange, (1...scores.channels).contains(parameters.classes), background <= 1,
            parameters.background == .first || background == 1
        else { throw ShapeMismatch("its parameters are out of range") }
        return Shape(
            channels: DetectionParameters.columns, height: parameters.most * parameters.classesPerBox, width: 1)
    }
}

extension KernelGeometry {
    /// Checks the ranges: a corrupt file may hold any values.
    fileprivate func check() throws(ShapeMismatch) {
        let extents = 1...1024
        guard extents.contains(height), extents.contains(width),
            extents.contains(verticalStride), extents.contains(horizontalStride),
            padding.margins.allSatisfy({ (0...1024).contains($0) })
        else { throw ShapeMismatch("a kernel of \(height) × \(width) with this stride and padding is out of range") }
    }
}

/// Reason why inputs do not fit a layer.
struct ShapeMismatch: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}
