import Capture

/// Images in files.
package enum Picture {
    /// Reads an image, or the first one of a video, in any format that FFmpeg's libraries know.
    ///
    /// - Parameter buffer: of the size that is wanted.
    /// - Throws: ``SourceError``.
    package static func read(
        _ path: String, into buffer: PixelBuffer, fit: Fit, interruption: CancellationToken = CancellationToken()
    ) throws {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: interruption)
        try source.open()
        defer { source.close() }
        guard let frame = try source.nextFrame() else { throw SourceError.noFrames(nil) }
        do {
            try Scaler(fit: fit).scale(frame, into: buffer)
        } catch {
            throw SourceError.malformed("the image cannot be converted: \(error)")
        }
    }
}
