/// Something that gives frames: a file, a camera, a stream.
///
/// A source is opened, asked for one frame after the other, and closed. It never tries again by
/// itself: whoever runs it decides what an error means. It is used by one thread at a time.
package protocol Source: AnyObject {
    /// Gets ready to give frames.
    ///
    /// - Throws: ``SourceError``.
    func open() throws

    /// The next frame, which is valid until the one after it is asked for.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: ``SourceError``.
    func nextFrame() throws -> Frame?

    /// What its frames are, once it is open, if that is known.
    var traits: VideoFormat? { get }

    /// Frames that came damaged since the source was made, and were not given.
    var corruptFrames: Int { get }

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
    package var corruptFrames: Int { 0 }
    package var certificate: CertificateFingerprint? { nil }
    package var receivedFrames: Int? { nil }
    package var openLimit: Double { timeLimit }
    package var timeLimit: Double { 10 }
    package var traits: VideoFormat? { nil }
}

/// What a source's frames are.
package struct VideoFormat: Equatable, Sendable, CustomStringConvertible {
    /// How they are encoded: the name of a codec, as `h264`, or of a camera's format, as `YUYV`.
    package var format: String
    /// As they are encoded, before they are turned.
    package var size: PixelSize?
    /// Frames in a second, if the source says so.
    package var rate: Double?

    package init(format: String, size: PixelSize?, rate: Double?) {
        self.format = format
        self.size = size
        self.rate = rate
    }

    package var description: String {
        let number = rate.map { $0 == $0.rounded() ? "\(Int($0))" : "\(($0 * 100).rounded() / 100)" }
        let parts = [format, size?.description, number.map { "at \($0) frames a second" }]
        return parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
