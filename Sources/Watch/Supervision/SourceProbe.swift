import Basics
import Capture

/// A look at a source: whether it gives a frame, and what kind.
package struct SourceProbe: Equatable, Sendable {
    /// What it gives.
    package let traits: VideoFormat
    /// Seconds from the first attempt to reach it to its first frame.
    package let seconds: Double
    /// Of the server's certificate, if what it gives comes encrypted.
    package let certificate: CertificateFingerprint?

    /// Seconds by which a call may be late before it is given up.
    private static let slack = 2.0

    /// Opens a source, waits for its first frame, and closes it again. Returns in time, whatever the source does.
    ///
    /// - Parameters:
    ///   - make: as in ``LiveSource``.
    ///   - limit: seconds that it may take, if the source's own time-outs are no shorter.
    /// - Throws: ``SourceError``.
    package init(limit: Double, _ make: @escaping @Sendable (CancellationToken) -> any Source) throws {
        let reader = BlockingReader(CancellationToken())
        (traits, seconds, certificate) = try reader.run(limit: limit + Self.slack) { calls in
            try Self.look(at: make(calls.interruption), limit, calls)
        }.get()
    }

    private static func look(
        at source: any Source, _ limit: Double, _ calls: SourceCalls
    ) throws -> (VideoFormat, Double, CertificateFingerprint?) {
        let start = MonotonicClock.now
        defer { source.close() }
        return try calls.interruption.withDeadline(limit) {
            try source.open()
            let next = try calls.make(.read) { try source.nextFrame() }
            guard let frame = next else { throw SourceError.noFrames(nil) }
            let seen = VideoFormat(format: "", size: PixelSize(width: frame.width, height: frame.height), rate: nil)
            return (source.traits ?? seen, MonotonicClock.now - start, source.certificate)
        }
    }
}
