/// Object that a ``Detector`` found in an image.
public struct Detection: Equatable, Sendable {
    /// Class, as an index in ``LoadedModel/labels``: without the background.
    public var classIndex: Int
    /// Score, 0...1.
    public var score: Float
    /// Left edge, as a fraction of the width of the image. Edges may lie outside of the image.
    public var left: Float
    /// Upper edge, as a fraction of the height of the image.
    public var top: Float
    /// Right edge, as a fraction of the width of the image.
    public var right: Float
    /// Lower edge, as a fraction of the height of the image.
    public var bottom: Float

    /// Creates a detection; see the properties.
    public init(classIndex: Int, score: Float, left: Float, top: Float, right: Float, bottom: Float) {
        self.classIndex = classIndex
        self.score = score
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }
}

/// Object detector: runs a network that ends with ``Layer/detections(_:)``.
///
/// A detector may be used from any thread, but only by one thread at a time, like its ``Session``.
public final class Detector {
    private let session: Session

    /// Allocates the memory of a session.
    ///
    /// - Parameter plan: a network whose ``Plan/task`` is detection.
    public init(plan: Plan) {
        precondition(plan.task == .detection, "a detector needs a network that gives detections")
        session = Session(plan: plan)
    }

    /// Returns the objects in an image, in the order of the network: the highest score first.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, with the height and width of ``Plan/inputShape``.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    /// - Throws: ``InputError`` if the rows are too short or too few.
    public func detections(pixels: Span<UInt8>, bytesPerRow: Int) throws(InputError) -> [Detection] {
        try session.load(pixels: pixels, bytesPerRow: bytesPerRow)
        return run()
    }

    /// Returns the objects in an image. See ``detections(pixels:bytesPerRow:)``. Does not check the size of the image.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, with the height and width of ``Plan/inputShape``. The memory
    ///     has to hold all rows.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    public func detections(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) -> [Detection] {
        session.load(pixels: pixels, bytesPerRow: bytesPerRow)
        return run()
    }

    /// Reads the rows of the output that hold a detection: the others are zeros. See ``DetectionParameters``.
    private func run() -> [Detection] {
        let output = session.run()
        return stride(from: 0, to: output.count, by: DetectionParameters.columns).compactMap { row in
            guard output[row + 5] > 0 else { return nil }
            return Detection(
                classIndex: Int(output[row + 4]), score: output[row + 5], left: output[row + 1], top: output[row],
                right: output[row + 3], bottom: output[row + 2])
        }
    }
}
