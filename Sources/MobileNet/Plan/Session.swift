/// Runs a plan on one image after another, in memory of its own.
///
/// A session may be used from any thread, but only by one thread at a time. ``run()`` allocates no memory.
///
///     let session = Session(plan: plan)
///     try session.load(pixels: rgb.span, bytesPerRow: 3 * 224)
///     let logits = session.run { output in output.indices.map { output[$0] } }
public final class Session {
    private let plan: Plan
    /// Session for the arithmetic of the model.
    let engine: Engine

    /// Session of a float model, or of a quantized model.
    enum Engine {
        case float(FloatSession)
        case integer(IntegerSession)
    }

    /// Allocates the memory of a session: ``Plan/sessionBytes``, and scratch memory for each thread but one.
    ///
    /// - Parameters:
    ///   - plan: the plan to run.
    ///   - threads: the number of threads for one image. Results are the same bit for bit. More threads than one end a run
    ///     sooner, but take more CPU time: to run many images, use a session for each core.
    ///
    /// If the system refuses the memory, the process ends. See ``Plan/checkMemory(sessions:)``.
    public init(plan: Plan, threads: Int = 1) {
        self.plan = plan
        engine =
            switch plan.engine {
            case .float(let engine):
                .float(FloatSession(plan: engine, outputCount: plan.outputCount, threads: max(threads, 1)))
            case .integer(let engine):
                .integer(IntegerSession(plan: engine, outputCount: plan.outputCount, threads: max(threads, 1)))
            }
    }

    // MARK: - Input

    /// Loads an image and normalizes it.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, with the height and width of ``Plan/inputShape``. The last row
    ///     may end with its last pixel.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    /// - Throws: ``InputError`` if the rows are too short or too few. The previous input stays.
    public func load(pixels: Span<UInt8>, bytesPerRow: Int) throws(InputError) {
        try InputError.check(bytes: pixels.count, bytesPerRow: bytesPerRow, for: plan.inputShape)
        pixels.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { load(pixels: base, bytesPerRow: bytesPerRow) }
        }
    }

    /// Loads an image and normalizes it. See ``load(pixels:bytesPerRow:)``.
    ///
    /// - Throws: ``InputError`` if the rows are too short or too few. The previous input stays.
    public func load(pixels: RawSpan, bytesPerRow: Int) throws(InputError) {
        try InputError.check(bytes: pixels.byteCount, bytesPerRow: bytesPerRow, for: plan.inputShape)
        pixels.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { buffer in
                if let base = buffer.baseAddress { load(pixels: base, bytesPerRow: bytesPerRow) }
            }
        }
    }

    /// Loads an image and normalizes it, without a check of the size.
    ///
    /// - Parameters:
    ///   - pixels: interleaved 8-bit RGB, `[1, H, W, 3]`, with the height and width of ``Plan/inputShape``. The memory
    ///     has to hold all rows.
    ///   - bytesPerRow: the distance between the starts of two rows, in bytes.
    public func load(pixels: UnsafePointer<UInt8>, bytesPerRow: Int) {
        switch engine {
        case .float(let session):
            session.load(pixels: pixels, bytesPerRow: bytesPerRow, normalization: plan.normalization)
        case .integer(let session):
            session.load(
                pixels: pixels, bytesPerRow: bytesPerRow, reversesColours: plan.normalization.colours == .bgr)
        }
    }

    /// Loads a normalized tensor. A quantized model quantizes it.
    ///
    /// - Parameter tensor: `[1, 3, H, W]`, in the order of PyTorch.
    /// - Throws: ``InputError`` if the number of elements is not that of ``Plan/inputShape``. The previous input stays.
    public func load(tensor: Span<Float>) throws(InputError) {
        guard tensor.count == plan.inputShape.count else {
            throw .elementCount(expected: plan.inputShape.count, found: tensor.count)
        }
        tensor.withUnsafeBufferPointer { load(tensor: $0) }
    }

    /// Loads a normalized tensor. A quantized model quantizes it.
    ///
    /// - Parameter tensor: `[1, 3, H, W]`, in the order of PyTorch.
    /// - Precondition: the number of elements is that of ``Plan/inputShape``.
    public func load(tensor: UnsafeBufferPointer<Float>) {
        precondition(tensor.count == plan.inputShape.count, "the input has \(plan.inputShape.count) values")
        switch engine {
        case .float(let session): session.load(tensor: tensor)
        case .integer(let session): session.load(tensor: tensor)
        }
    }

    // MARK: - Output

    /// Runs the network on the input loaded last, and passes the output to a closure.
    ///
    /// - Parameter body: reads the output, `[1, H, W, C]`, with ``Plan/outputCount`` elements. The output of a quantized
    ///   model is dequantized.
    /// - Returns: the result of the closure.
    /// - Throws: the error of the closure.
    public func run<Result, Failure: Error>(
        _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let output = run()
        defer { withExtendedLifetime(self) {} }
        return try body(output.span)
    }

    /// Runs the network on the input loaded last.
    ///
    /// - Returns: the output, `[1, H, W, C]`, with ``Plan/outputCount`` elements; dequantized, if the model is quantized.
    ///   It is valid until the next run and as long as the session: the caller has to keep the session alive.
    @discardableResult
    public func run() -> UnsafeBufferPointer<Float> {
        switch engine {
        case .float(let session): session.run()
        case .integer(let session): session.run()
        }
    }

    /// Passes the quantized output of the last run to a closure.
    ///
    /// - Parameter body: reads the output, `[1, H, W, C]`, with ``Plan/outputCount`` elements.
    /// - Returns: the result of the closure; `nil` if the output of the model is float32.
    /// - Throws: the error of the closure.
    public func withQuantizedOutput<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let output = quantizedOutput else { return nil }
        defer { withExtendedLifetime(self) {} }
        return try body(output.span)
    }

    /// Feature vector (embedding) of the last run: what the last fully connected layer of a classifier reads; dequantized, if
    /// the model is quantized. `nil` if ``Plan/featureCount`` is 0. Allocates memory.
    public var features: [Float]? {
        switch engine {
        case .float(let session): session.features
        case .integer(let session): session.features
        }
    }

    /// Quantized output of the last run, `[1, H, W, C]`; `nil` if the output of the model is float32. It is valid as long
    /// as the result of ``run()``.
    public var quantizedOutput: UnsafeBufferPointer<UInt8>? {
        guard case .integer(let session) = engine, let output = session.output else { return nil }
        return UnsafeBufferPointer(start: output.base, count: output.count)
    }
}

/// Error for an input whose size does not fit the network.
public enum InputError: Error, Equatable, CustomStringConvertible {
    /// A row of the image has fewer bytes than its pixels need.
    case rowLength(expected: Int, found: Int)
    /// The image has fewer bytes than its rows need.
    case byteCount(expected: Int, found: Int)
    /// The tensor has another number of elements than the input.
    case elementCount(expected: Int, found: Int)

    /// Message with both sizes.
    public var description: String {
        switch self {
        case .rowLength(let expected, let found):
            "a row of the image has \(found) bytes; the network needs \(expected) or more"
        case .byteCount(let expected, let found):
            "the image has \(found) bytes; the network needs \(expected) or more"
        case .elementCount(let expected, let found):
            "the tensor has \(found) values; the network needs \(expected)"
        }
    }

    /// Checks the size of an interleaved RGB image. The last row may end with its last pixel.
    static func check(bytes: Int, bytesPerRow: Int, for shape: Shape) throws(InputError) {
        let rowLength = shape.width * ImageLayout.channels
        guard bytesPerRow >= rowLength else { throw .rowLength(expected: rowLength, found: bytesPerRow) }
        let (start, overflows) = bytesPerRow.multipliedReportingOverflow(by: shape.height - 1)
        let (end, isBeyond) = start.addingReportingOverflow(rowLength)
        guard !overflows, !isBeyond, bytes >= end else {
            throw .byteCount(expected: overflows || isBeyond ? .max : end, found: bytes)
        }
    }
}
