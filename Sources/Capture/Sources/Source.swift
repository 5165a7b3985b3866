/// Source of frames: a file, a camera or a stream.
///
/// A source is opened, read frame by frame, and closed. It never retries by itself: its caller decides how to handle an
/// error. It may be used by one thread at a time.
package protocol Source: AnyObject {
    /// Opens the source.
    ///
    /// - Throws: ``SourceError``.
    func open() throws

    /// Reads the next frame, which is valid until the next call.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: ``SourceError``.
    func nextFrame() throws -> Frame?

    /// Video format of the open source, if it is known.
    var traits: VideoFormat? { get }

    /// Number of corrupt frames since the source was created. They are not returned.
    var corruptFrames: Int { get }

    /// Fingerprint of the server's certificate, if the source is open and encrypted.
    var certificate: CertificateFingerprint? { get }

    /// Number of frames received since the source was created, including those that the decoder skips; `nil` if every
    /// received frame is returned.
    var receivedFrames: Int? { get }

    /// Seconds after which ``open()`` returns at the latest, unless a system call hangs.
    var openLimit: Double { get }

    /// Seconds after which ``nextFrame()`` returns at the latest, unless a system call hangs.
    var timeLimit: Double { get }

    /// Releases all resources. The source may be opened again.
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

/// Format of a source's video.
package struct VideoFormat: Equatable, Sendable, CustomStringConvertible {
    /// Name of the codec, as `h264`, or of a camera's pixel format, as `YUYV`.
    package var format: String
    /// Size of the stored frames, before rotation.
    package var size: PixelSize?
    /// Frames per second, if the source states it.
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
