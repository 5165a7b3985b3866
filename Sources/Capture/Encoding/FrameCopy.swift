import CFFmpeg

/// Copy of a decoded frame with its own pixels. It stays valid when its source reads on. It never changes, so that any
/// thread may read it.
package final class FrameCopy: @unchecked Sendable {
    /// The copied frame.
    package let frame: Frame

    /// Copies a frame.
    ///
    /// The decoder's own pixels are not kept instead: they count against the memory that a decoder may use.
    ///
    /// - Throws: ``AVFailure`` if there is no memory for it, or the format's pixels cannot be copied.
    package init(_ original: Frame) throws(AVFailure) {
        let copy = Frame()
        copy.handle.pointee.format = original.handle.pointee.format
        copy.handle.pointee.width = original.handle.pointee.width
        copy.handle.pointee.height = original.handle.pointee.height
        try checked("copy a frame", av_frame_get_buffer(copy.handle, 0))
        try checked("copy a frame", av_frame_copy(copy.handle, original.handle))
        try checked("copy a frame", av_frame_copy_props(copy.handle, original.handle))
        copy.time = original.time
        copy.orientation = original.orientation
        copy.pixelAspect = original.pixelAspect
        frame = copy
    }

    /// Returns the upright frame, or a region of it, in square pixels.
    ///
    /// - Parameters:
    ///   - region: region of the upright frame.
    ///   - longestSide: a larger image is scaled down until its longer side has so many pixels.
    ///   - isEven: whether width and height are even, as video encoders want them.
    /// - Throws: ``AVFailure`` if the frame's pixels cannot be converted.
    package func image(
        of region: Region = .full, longestSide: Int, isEven: Bool = false
    ) throws(AVFailure) -> PixelBuffer {
        let whole = frame.squarePixelSize
        let width = region.width * Double(whole.width)
        let height = region.height * Double(whole.height)
        let factor = min(1, Double(longestSide) / max(width, height, 1))
        func size(_ length: Double) -> Int {
            let pixels = max(isEven ? 2 : 1, Int((length * factor).rounded()))
            return isEven ? pixels / 2 * 2 : pixels
        }
        let image = PixelBuffer(width: size(width), height: size(height))
        try Scaler(fit: .squash).scale(frame, region: region, into: image)
        return image
    }
}
