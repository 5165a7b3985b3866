/// Something that gives pictures: a file, a camera, a stream.
///
/// A source is opened, asked for one picture after the other, and closed. It never tries again by
/// itself: whoever runs it decides what an error means. It is used by one thread at a time.
public protocol Source: AnyObject {
    /// Gets ready to give pictures.
    ///
    /// - Throws: ``SourceError``.
    func open() throws

    /// The next picture, which is valid until the one after it is asked for.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: ``SourceError``.
    func nextFrame() throws -> Frame?

    /// What its pictures are, once it is open, if that is known.
    var traits: PictureTraits? { get }

    /// Pictures that came damaged since the source was made, and were not given.
    var damagedFrames: Int { get }

    /// Of the server's certificate, while it is open, if what it gives comes encrypted.
    var certificate: CertificateFingerprint? { get }

    /// Frames that came since the source was made, also those that are not decoded because nobody would look at them;
    /// `nil` if it gives all that come.
    var receivedFrames: Int? { get }

    /// Seconds in which ``open()`` returns, if no call of the system hangs.
    var openLimit: Double { get }

    /// Seconds in which ``nextFrame()`` returns, if no call of the system hangs.
    var timeLimit: Double { get }

    /// Lets go of everything. The source may be opened again.
    func close()
}

extension Source {
    public var damagedFrames: Int { 0 }
    public var certificate: CertificateFingerprint? { nil }
    public var receivedFrames: Int? { nil }
    public var openLimit: Double { timeLimit }
    public var timeLimit: Double { 10 }
    public var traits: PictureTraits? { nil }
}

/// What a source's pictures are.
public struct PictureTraits: Equatable, Sendable, CustomStringConvertible {
    /// How they are encoded: the name of a codec, as `h264`, or of a camera's format, as `YUYV`.
    public var format: String
    /// As they are encoded, before they are turned.
    public var size: PixelSize?
    /// Pictures in a second, if the source says so.
    public var rate: Double?

    public init(format: String, size: PixelSize?, rate: Double?) {
        self.format = format
        self.size = size
        self.rate = rate
    }

    public var description: String {
        let number = rate.map { $0 == $0.rounded() ? "\(Int($0))" : "\(($0 * 100).rounded() / 100)" }
        let parts = [format, size?.description, number.map { "at \($0) pictures a second" }]
        return parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
