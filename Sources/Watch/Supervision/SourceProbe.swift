import Basics
import Capture

/// Result of a probe of a source: its video format and certificate.
package struct SourceProbe: Equatable, Sendable {
    /// Format of the video.
    package let traits: VideoFormat
    /// Seconds from the start of the probe to the first frame.
    package let seconds: Double
    /// Fingerprint of the server's certificate, if the stream is encrypted.
    package let certificate: CertificateFingerprint?

    /// Seconds by which a call may be overdue before it is given up.
    private static let slack = 2.0

    /// Opens a source, waits for its first frame, and closes it. Blocks until then; returns in time even if a call
    /// hangs.
    ///
    /// - Parameters:
    ///   - limit: seconds that it may take, if the source's own time-outs are no shorter.
    ///   - make: as in ``LiveSource/make``.
    /// - Throws: ``SourceError``.
    package init(limit: Double, _ make: @escaping @Sendable (CancellationToken) -> any Source) throws {
        let reader = BlockingReader(CancellationToken())
        (traits, seconds, certificate) = try reader.run(limit: limit + Self.slack) { calls in
            try Self.probe(make(calls.interruption), limit, calls)
        }.get()
    }

    private static func probe(
        _ source: any Source, _ limit: Double, _ calls: SourceCalls
    ) throws -> (VideoFormat, Double, CertificateFingerprint?) {
        let start = MonotonicClock.now
        defer { source.close() }
        return try calls.interruption.withDeadline(limit) {
            try source.open()
            let next = try calls.make(.read) { try source.nextFrame() }
            guard let frame = next else { throw SourceError.noFrames(nil) }
            let fallback = VideoFormat(format: "", size: PixelSize(width: frame.width, height: frame.height), rate: nil)
            return (source.traits ?? fallback, MonotonicClock.now - start, source.certificate)
        }
    }
}
