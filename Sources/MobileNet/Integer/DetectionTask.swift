import Kernels

/// Boxes of tables of bytes: the tables are made numbers, and then ``Detections`` finds the boxes.
///
/// Like that it belongs to a session, which runs one task after the other.
final class DetectionTask: GeneralTask {
    /// A table of bytes, and the number that each of them stands for.
    struct Table {
        /// A row is a pixel.
        var plane: BytePlane
        var shape: Shape
        /// 256 numbers.
        var numbers: UnsafePointer<Float>
        /// Where the numbers go: row by row.
        var place: UnsafeMutableBufferPointer<Float>

        /// The numbers.
        fileprivate var tensor: BlockedTensor { .table(shape, in: place) }

        fileprivate func read() {
            for row in 0..<shape.height {
                let line = plane.base + row * plane.rowStride
                for column in 0..<shape.channels {
                    place[row * shape.channels + column] =
                        numbers[Int(line[column / 16 * plane.blockStride + column % 16])]
                }
            }
        }
    }

    private let boxes: Table
    private let scores: Table
    private let detections: Detections

    /// - Parameter output: where the rows of the boxes go.
    init(
        boxes: Table, scores: Table, anchors: [Float], parameters: DetectionParameters,
        output: UnsafeMutableBufferPointer<Float>
    ) {
        self.boxes = boxes
        self.scores = scores
        let shape = Shape(
            channels: DetectionParameters.columns, height: parameters.most * parameters.classesPerBox, width: 1)
        detections = Detections(
            boxes: boxes.tensor, scores: scores.tensor, anchors: anchors, parameters: parameters,
            output: .table(shape, in: output))
    }

    func run() {
        boxes.read()
        scores.read()
        detections.run()
    }
}

extension BlockedTensor {
    /// A table, row by row, without anything between its numbers.
    ///
    /// - Precondition: the memory has room for it, and not for more.
    fileprivate static func table(_ shape: Shape, in memory: UnsafeMutableBufferPointer<Float>) -> BlockedTensor {
        guard let base = memory.baseAddress, memory.count == shape.count else {
            preconditionFailure("memory for \(memory.count) numbers of a table of \(shape)")
        }
        return BlockedTensor(Buffer(shape: shape, border: .init(), lanes: shape.channels), in: base)
    }
}
