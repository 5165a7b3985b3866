import Basics
import Capture

/// One frame of a source as an image, so that people can place zones and lines on it.
package enum FrameGrab {
    /// Seconds by which a call may be overdue before it is given up.
    private static let slack = 2.0
    /// Longest side of the image, in pixels. Larger frames are scaled down.
    private static let longestSide = 1920.0

    /// Opens a source, reads a frame, and closes the source. Blocks until then; returns in time even if a call hangs.
    ///
    /// - Parameters:
    ///   - delay: seconds of the source's time from its first frame to the one that is wanted: cameras adjust their exposure.
    ///   - limit: seconds that it may take until the first frame.
    ///   - make: as in ``LiveSource/make``.
    /// - Returns: the upright frame, `[height, width, 3]` in 8-bit RGB, in square pixels.
    /// - Throws: ``SourceError``. A source that ends earlier gives its last frame.
    package static func image(
        after delay: Double, limit: Double, _ make: @escaping @Sendable (CancellationToken) -> any Source
    ) throws -> PixelBuffer {
        let reader = BlockingReader(CancellationToken())
        let total = limit + delay
        return try reader.run(limit: total + slack) { calls in
            let source = make(calls.interruption)
            defer { source.close() }
            return try calls.interruption.withDeadline(total) { try read(source, after: delay, calls) }
        }.get()
    }

    private static func read(_ source: any Source, after delay: Double, _ calls: SourceCalls) throws -> PixelBuffer {
        try source.open()
        var first: Double?
        var image: PixelBuffer?
        while let frame = try calls.make(.read, { try source.nextFrame() }) {
            let start = first ?? frame.time
            first = start
            // A frame is valid until the next call: the last one is kept in case the source ends.
            if image == nil || frame.time - start >= delay { image = try scaled(frame) }
            if frame.time - start >= delay { break }
        }
        guard let image else { throw SourceError.noFrames(nil) }
        return image
    }

    private static func scaled(_ frame: Frame) throws(SourceError) -> PixelBuffer {
        let size = frame.squarePixelSize
        let factor = min(1, longestSide / Double(max(size.width, size.height)))
        let image = PixelBuffer(
            width: max(1, Int((Double(size.width) * factor).rounded())),
            height: max(1, Int((Double(size.height) * factor).rounded())))
        do {
            try Scaler(fit: .squash).scale(frame, into: image)
        } catch {
            throw .malformed("its frames cannot be converted: \(error)")
        }
        return image
    }
}
