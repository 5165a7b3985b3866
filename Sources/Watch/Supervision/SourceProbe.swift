import Capture

/// A look at a source: whether it gives a picture, and what kind.
public struct SourceProbe: Equatable, Sendable {
    /// What it gives.
    public let traits: PictureTraits
    /// Seconds from the first attempt to reach it to its first picture.
    public let seconds: Double
    /// Of the server's certificate, if what it gives comes encrypted.
    public let certificate: CertificateFingerprint?

    /// Seconds by which a call may be late before it is given up.
    private static let slack = 2.0

    /// Opens a source, waits for its first picture, and closes it again. Returns in time, whatever the source does.
    ///
    /// - Parameters:
    ///   - make: as in ``LiveSource``.
    ///   - limit: seconds that it may take, if the source's own time-outs are no shorter.
    /// - Throws: ``SourceError``.
    public init(limit: Double, _ make: @escaping @Sendable (Interruption) -> any Source) throws {
        let reader = BlockingReader(Interruption())
        (traits, seconds, certificate) = try reader.run(limit: limit + Self.slack) { calls in
            try Self.look(at: make(calls.interruption), limit, calls)
        }.get()
    }

    private static func look(
        at source: any Source, _ limit: Double, _ calls: SourceCalls
    ) throws -> (PictureTraits, Double, CertificateFingerprint?) {
        let start = MonotonicClock.now
        defer { source.close() }
        return try calls.interruption.withDeadline(limit) {
            try source.open()
            let next = try calls.make(.read) { try source.nextFrame() }
            guard let frame = next else { throw SourceError.noPictures(nil) }
            let seen = PictureTraits(format: "", size: PixelSize(width: frame.width, height: frame.height), rate: nil)
            return (source.traits ?? seen, MonotonicClock.now - start, source.certificate)
        }
    }
}
