import KernelInterface

/// Detection post-processing of a quantized model: dequantizes the input tensors, then runs ``Detections``.
///
/// It belongs to a session, which runs its tasks one after the other.
final class IntegerDetections: GeneralTask {
    /// Quantized input tensor, and memory for its dequantized values.
    struct Input {
        /// Quantized values; a row of the tensor is a pixel.
        var plane: BytePlane
        var shape: Shape
        /// Dequantized value of each quantized value, `[256]`.
        var lookup: UnsafePointer<Float>
        /// Memory for the dequantized values, `[rows][channels]`.
        var memory: UnsafeMutableBufferPointer<Float>

        /// Dequantized tensor.
        fileprivate var tensor: BlockedTensor { .contiguous(shape, in: memory) }

        fileprivate func dequantize() {
            for row in 0..<shape.height {
                let line = plane.base + row * plane.rowStride
                for column in 0..<shape.channels {
                    memory[row * shape.channels + column] =
                        lookup[Int(line[column / 16 * plane.blockStride + column % 16])]
                }
            }
        }
    }

    private let boxes: Input
    private let scores: Input
    private let detections: Detections

    /// - Parameter output: the memory for the output, `[rows][6]`.
    init(
        boxes: Input, scores: Input, anchors: [Float], parameters: DetectionParameters,
        output: UnsafeMutableBufferPointer<Float>
    ) {
        self.boxes = boxes
        self.scores = scores
        let shape = Shape(
            channels: DetectionParameters.columns, height: parameters.most * parameters.classesPerBox, width: 1)
        detections = Detections(
            boxes: boxes.tensor, scores: scores.tensor, anchors: anchors, parameters: parameters,
            output: .contiguous(shape, in: output))
    }

    func run() {
        boxes.dequantize()
        scores.dequantize()
        detections.run()
    }
}

extension BlockedTensor {
    /// Returns a tensor in contiguous memory, `[rows][channels]`.
    ///
    /// - Precondition: the size of the memory is that of the tensor.
    fileprivate static func contiguous(_ shape: Shape, in memory: UnsafeMutableBufferPointer<Float>) -> BlockedTensor {
        guard let base = memory.baseAddress, memory.count == shape.count else {
            preconditionFailure("memory for \(memory.count) values of a tensor of \(shape)")
        }
        return BlockedTensor(Buffer(shape: shape, border: .init(), lanes: shape.channels), in: base)
    }
}
