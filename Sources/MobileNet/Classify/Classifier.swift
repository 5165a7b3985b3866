import Glibc

/// Says what is in images: runs a network and turns its logits into probabilities.
///
/// Used by one thread at a time, like the ``Session`` that it holds.
public final class Classifier {
    private let session: Session

    private let head: Head

    /// - Parameter plan: a network with an output for each class.
    public init(plan: Plan) {
        session = Session(plan: plan)
        head = plan.head
    }

    /// The probability of each class, without the background.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB of the plan's size.
    ///   - bytesPerRow: from the start of a row to that of the next.
    public func probabilities(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) -> [Float] {
        session.load(pixels: pixels, bytesPerRow: bytesPerRow)
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

/// `exp(x) / Σ exp(x)`, with the largest logit taken off first, so that nothing overflows.
func softmax(_ logits: UnsafeBufferPointer<Float>) -> [Float] {
    let largest = logits.max() ?? 0
    let powers = logits.map { expf($0 - largest) }
    let sum = powers.reduce(0 as Float, +)
    return powers.map { $0 / sum }
}

/// The classes with the highest scores.
///
/// - Returns: at most `count` places and scores, the highest first; of equal scores the lower place first.
public func highest(_ count: Int, of scores: [Float]) -> [(place: Int, score: Float)] {
    scores.enumerated()
        .sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }
        .prefix(count)
        .map { ($0.offset, $0.element) }
}
