import Capture

/// A look at a source: whether it gives a picture, and what kind.
public struct SourceProbe: Equatable, Sendable {
    /// What it gives.
    public let traits: PictureTraits
    /// Seconds from the first attempt to reach it to its first picture.
    public let seconds: Double
    /// Of the server's certificate, if what it gives comes encrypted.
    public let certificate: CertificateFingerprint?

    /// Opens a source, waits for its first picture, and closes it again.
    ///
    /// - Parameters:
    ///   - make: as in ``LiveSource``.
    ///   - limit: seconds that it may take, if the source's own time-outs are no shorter.
    /// - Throws: ``SourceError``.
    public init(limit: Double, _ make: (Interruption) -> any Source) throws {
        let interruption = Interruption()
        let source = make(interruption)
        let start = MonotonicClock.now
        defer { source.close() }
        (traits, seconds, certificate) = try interruption.withDeadline(limit) {
            try source.open()
            guard let frame = try source.nextFrame() else { throw SourceError.noPictures(nil) }
            let seen = PictureTraits(format: "", size: PixelSize(width: frame.width, height: frame.height), rate: nil)
            return (source.traits ?? seen, MonotonicClock.now - start, source.certificate)
        }
    }
}
