import Capture

/// Pictures in files.
public enum Picture {
    /// Reads a picture, or the first one of a video, in any format that FFmpeg's libraries know.
    ///
    /// - Parameter buffer: of the size that is wanted.
    /// - Throws: ``SourceError``.
    public static func read(
        _ path: String, into buffer: PixelBuffer, fit: Fit, interruption: Interruption = Interruption()
    ) throws {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: interruption)
        try source.open()
        defer { source.close() }
        guard let frame = try source.nextFrame() else { throw SourceError.noPictures(nil) }
        do {
            try Scaler(fit: fit).scale(frame, into: buffer)
        } catch {
            throw SourceError.malformed("the picture cannot be converted: \(error)")
        }
    }
}
