import Kernels

/// The functions that stand behind layers.
public typealias Activation = Kernels.Activation

/// What a node of a ``Graph`` computes.
public enum Layer: Equatable, Sendable {
    /// The image, C × H × W, already normalised.
    case input
    /// A convolution over all input channels. Parameters: `weight` `[outputs, inputs, size, size]`, `bias` `[outputs]`.
    case convolution(outputs: Int, window: Window, bias: Bool)
    /// A convolution of each channel on its own. Parameters: `weight` `[channels, 1, size, size]`, `bias` `[channels]`.
    case depthwise(window: Window, bias: Bool)
    /// A fully connected layer on a vector. Parameters: `weight` `[outputs, inputs]`, `bias` `[outputs]`.
    case dense(outputs: Int)
    /// Batch normalisation (Ioffe & Szegedy, 2015) with the statistics of training. Parameters:
    /// `weight`, `bias`, `running_mean`, `running_var`, each `[channels]`.
    case normalization(epsilon: Float)
    case activation(Activation)
    /// The sum of two tensors of one shape.
    case add
    /// The product of two tensors of one shape, or of a tensor and a factor for each of its channels.
    case multiply
    /// The mean of each channel over its plane.
    case globalMean

    /// How many inputs it takes.
    var arity: Int {
        switch self {
        case .input: 0
        case .add, .multiply: 2
        default: 1
        }
    }

    /// The shape of what it computes.
    ///
    /// - Throws: a sentence that says why the inputs do not fit.
    func outputShape(for inputs: [Shape]) throws(ShapeMismatch) -> Shape {
        switch self {
        case .input:
            preconditionFailure("a graph has one input, and it is made with the graph")
        case .convolution(let outputs, let window, _):
            return try slide(window, over: inputs[0], channels: outputs)
        case .depthwise(let window, _):
            return try slide(window, over: inputs[0], channels: inputs[0].channels)
        case .dense(let outputs):
            guard inputs[0].isVector else { throw ShapeMismatch("wants a vector, gets \(inputs[0])") }
            return Shape(channels: outputs)
        case .normalization, .activation:
            return inputs[0]
        case .add:
            guard inputs[0] == inputs[1] else { throw ShapeMismatch("cannot add \(inputs[0]) and \(inputs[1])") }
            return inputs[0]
        case .multiply:
            guard inputs[0] == inputs[1] || inputs[1] == Shape(channels: inputs[0].channels) else {
                throw ShapeMismatch("cannot multiply \(inputs[0]) by \(inputs[1])")
            }
            return inputs[0]
        case .globalMean:
            return Shape(channels: inputs[0].channels)
        }
    }

    private func slide(_ window: Window, over input: Shape, channels: Int) throws(ShapeMismatch) -> Shape {
        let height = window.outputExtent(input.height)
        let width = window.outputExtent(input.width)
        guard height > 0, width > 0 else {
            throw ShapeMismatch("a window of \(window.size) does not fit on \(input)")
        }
        return Shape(channels: channels, height: height, width: width)
    }
}

/// Why a layer cannot take its inputs.
struct ShapeMismatch: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}
