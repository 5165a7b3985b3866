import Kernels

/// One run of a plan after another, in memory of its own.
///
/// A session may be used from any thread, but by one at a time. ``run()`` allocates nothing.
///
///     let session = Session(plan: plan)
///     session.load(pixels: rgb, bytesPerRow: 3 * 224)
///     let logits = session.run()
public final class Session {
    private let plan: Plan
    /// What runs it.
    let engine: Engine

    /// One that computes with numbers, or one that computes with bytes.
    enum Engine {
        case float(FloatSession)
        case integer(IntegerSession)
    }

    public init(plan: Plan) {
        self.plan = plan
        engine =
            switch plan.engine {
            case .float(let engine): .float(FloatSession(plan: engine, outputCount: plan.outputCount))
            case .integer(let engine): .integer(IntegerSession(plan: engine, outputCount: plan.outputCount))
            }
    }

    /// Takes an image of the plan's size as input.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `inputShape.height` rows of `inputShape.width` pixels.
    ///   - bytesPerRow: from the start of a row to that of the next.
    public func load(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) {
        switch engine {
        case .float(let session):
            session.load(pixels: pixels, bytesPerRow: bytesPerRow, normalization: plan.normalization)
        case .integer(let session):
            session.load(
                pixels: pixels, bytesPerRow: bytesPerRow, reversesColours: plan.normalization.colours == .bgr)
        }
    }

    /// Takes numbers as input that are normalised already.
    ///
    /// - Parameter tensor: `[3][height][width]`, as PyTorch has it.
    /// - Precondition: it has as many values as the plan's input.
    public func load(tensor: UnsafeBufferPointer<Float>) {
        precondition(tensor.count == plan.inputShape.count, "the input has \(plan.inputShape.count) values")
        switch engine {
        case .float(let session): session.load(tensor: tensor)
        case .integer(let session): session.load(tensor: tensor)
        }
    }

    /// Runs the network on the input that was loaded last.
    ///
    /// - Returns: the output, pixel by pixel, all channels of a pixel after each other; of a network that computes with
    ///   bytes the numbers that they stand for. It stays valid until the next run, or until the session is gone: whoever
    ///   reads it keeps the session alive meanwhile.
    @discardableResult
    public func run() -> UnsafeBufferPointer<Float> {
        switch engine {
        case .float(let session): session.run()
        case .integer(let session): session.run()
        }
    }

    /// The bytes that the last run of a network that computes with bytes came to, pixel by pixel; `nil` of other
    /// networks, and of those whose output are numbers. Valid as long as what ``run()`` returns.
    public var bytes: UnsafeBufferPointer<UInt8>? {
        guard case .integer(let session) = engine, let bytes = session.bytes else { return nil }
        return UnsafeBufferPointer(start: bytes.base, count: bytes.count)
    }
}
