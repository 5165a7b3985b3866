import Glibc

/// Image classifier: runs a network and converts its logits to probabilities.
///
/// A classifier may be used from any thread, but only by one thread at a time, like its ``Session``.
public final class Classifier {
    private let session: Session

    private let head: Head

    /// Allocates the memory of a session.
    ///
    /// - Parameter plan: a network with an output for each class.
    public init(plan: Plan) {
        session = Session(plan: plan)
        head = plan.head
    }

    /// Returns the probability of each class, without the background.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, with the height and width of ``Plan/inputShape``.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    /// - Returns: `[classes]`, each from 0 to 1.
    /// - Throws: ``InputError`` if the rows are too short or too few.
    public func probabilities(pixels: Span<UInt8>, bytesPerRow: Int) throws(InputError) -> [Float] {
        try session.load(pixels: pixels, bytesPerRow: bytesPerRow)
        return runAndActivate()
    }

    /// Returns the probability of each class, without the background. See
    /// ``probabilities(pixels:bytesPerRow:)``.
    ///
    /// - Throws: ``InputError`` if the rows are too short or too few.
    public func probabilities(pixels: RawSpan, bytesPerRow: Int) throws(InputError) -> [Float] {
        try session.load(pixels: pixels, bytesPerRow: bytesPerRow)
        return runAndActivate()
    }

    /// Returns the probability of each class, without the background. Does not check the size of the image.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, with the height and width of ``Plan/inputShape``. The memory
    ///     has to hold all rows.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    /// - Returns: `[classes]`, each from 0 to 1.
    public func probabilities(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) -> [Float] {
        session.load(pixels: pixels, bytesPerRow: bytesPerRow)
        return runAndActivate()
    }

    /// Feature vector of the last image: what the network's last layer reads; `nil` if the network has none. Its scale has no
    /// meaning: compare directions.
    public var features: [Float]? { session.features }

    private func runAndActivate() -> [Float] {
        let output = session.run()
        let probabilities =
            switch head.activation {
            case .softmax: softmax(output)
            case .sigmoid: output.map { 1 / (1 + expf(-$0)) }
            case .none: Array(output)
            }
        return head.hasBackground ? Array(probabilities.dropFirst()) : probabilities
    }
}

/// Returns `exp(x) / Σ exp(x)`. The maximum is subtracted first, so that `exp` does not overflow.
func softmax(_ logits: UnsafeBufferPointer<Float>) -> [Float] {
    let largest = logits.max() ?? 0
    let powers = logits.map { expf($0 - largest) }
    let sum = powers.reduce(0 as Float, +)
    return powers.map { $0 / sum }
}

/// Returns the classes with the highest scores (top k).
///
/// - Returns: at most `count` indices with their scores, in descending order; of equal scores the lower index first.
public func highest(_ count: Int, of scores: [Float]) -> [(place: Int, score: Float)] {
    scores.enumerated()
        .sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }
        .prefix(count)
        .map { ($0.offset, $0.element) }
}
