import CFFmpeg

/// Brings decoded pictures to the size and the colours that a network wants: one step of libswscale, which
/// takes all pixels into account, so that nothing aliases however small the picture becomes.
///
/// Used by one thread at a time.
public final class Scaler {
    private let fit: Fit
    /// libswscale's context, and what it was made for.
    private var scaler: UnsafeMutableRawPointer?
    private var conversion: Conversion?
    /// The scaled picture before it is turned.
    private var stored: PixelBuffer?

    /// What surrounds a padded picture: the mean of ImageNet's pixels, which tells a network nothing.
    private static let barColour: (UInt8, UInt8, UInt8) = (124, 116, 104)

    public init(fit: Fit) { self.fit = fit }

    deinit { cffmpeg_scaler_free(scaler) }

    /// Scales a picture to the size of a buffer.
    ///
    /// - Parameter frame: is cropped in place if the fit is ``Fit/crop``.
    /// - Throws: ``AVFailure`` if libswscale cannot read the picture's format.
    public func scale(_ frame: Frame, into target: PixelBuffer) throws(AVFailure) {
        let turns = frame.orientation.swapsAxes
        let shownWidth = Double(frame.width) * frame.pixelAspect
        let geometry = fit.geometry(
            width: turns ? Double(frame.height) : shownWidth, height: turns ? shownWidth : Double(frame.height),
            targetWidth: target.width, targetHeight: target.height)
        try crop(
            frame, width: turns ? geometry.sourceHeight : geometry.sourceWidth,
            height: turns ? geometry.sourceWidth : geometry.sourceHeight)
        if fit == .pad { target.fill(Self.barColour) }
        let left = (target.width - geometry.targetWidth) / 2
        let top = (target.height - geometry.targetHeight) / 2
        let corner = target.base + top * target.bytesPerRow + 3 * left
        // libswscale may write a little past the end of a row: that must not be where a bar is.
        guard frame.orientation != .upright || geometry.targetWidth != target.width else {
            try convert(
                frame, width: geometry.targetWidth, height: geometry.targetHeight,
                into: corner, bytesPerRow: target.bytesPerRow)
            return
        }
        let buffer = storedBuffer(
            width: turns ? geometry.targetHeight : geometry.targetWidth,
            height: turns ? geometry.targetWidth : geometry.targetHeight)
        try convert(
            frame, width: buffer.width, height: buffer.height, into: buffer.base, bytesPerRow: buffer.bytesPerRow)
        turn(
            buffer, frame.orientation, width: geometry.targetWidth, height: geometry.targetHeight,
            into: corner, bytesPerRow: target.bytesPerRow)
    }

    /// Cuts the frame to the given parts of its width and height, around its centre.
    private func crop(_ frame: Frame, width: Double, height: Double) throws(AVFailure) {
        let columns = Int(((1 - width) / 2 * Double(frame.width)).rounded())
        let rows = Int(((1 - height) / 2 * Double(frame.height)).rounded())
        guard columns > 0 || rows > 0 else { return }
        frame.handle.pointee.crop_left += columns
        frame.handle.pointee.crop_right += columns
        frame.handle.pointee.crop_top += rows
        frame.handle.pointee.crop_bottom += rows
        try checked("crop", av_frame_apply_cropping(frame.handle, cffmpeg_crop_anywhere))
    }

    private func storedBuffer(width: Int, height: Int) -> PixelBuffer {
        if let stored, stored.width == width, stored.height == height { return stored }
        let buffer = PixelBuffer(width: width, height: height)
        stored = buffer
        return buffer
    }

    // MARK: - libswscale

    private func convert(
        _ frame: Frame, width: Int, height: Int, into target: UnsafeMutablePointer<UInt8>, bytesPerRow: Int
    ) throws(AVFailure) {
        let wanted = Conversion(
            width: frame.width, height: frame.height, format: ColourFormat(frame.handle.pointee),
            targetWidth: width, targetHeight: height)
        if wanted != conversion { try prepare(wanted) }
        try checked("scale", cffmpeg_scale(scaler, frame.handle, target, Int32(bytesPerRow)))
    }

    /// What libswscale's context depends on.
    private struct Conversion: Equatable {
        var width: Int
        var height: Int
        var format: ColourFormat
        var targetWidth: Int
        var targetHeight: Int

        var shrinks: Bool { width >= targetWidth && height >= targetHeight }
    }

    private func prepare(_ wanted: Conversion) throws(AVFailure) {
        conversion = nil
        // The mean of the pixels that become one; where one becomes several, that would show blocks.
        let filter = wanted.shrinks ? cffmpeg_filter_area : cffmpeg_filter_bilinear
        scaler = cffmpeg_scaler(
            scaler, Int32(wanted.width), Int32(wanted.height), wanted.format.pixels,
            Int32(wanted.targetWidth), Int32(wanted.targetHeight), filter | cffmpeg_scaling_quality)
        guard let scaler else {
            throw AVFailure(code: AVFailure.invalidData, operation: "convert pixels", detail: wanted.format.name)
        }
        wanted.format.configure(scaler)
        conversion = wanted
    }

    /// Copies a small picture so that it stands upright.
    private func turn(
        _ source: PixelBuffer, _ orientation: Orientation, width: Int, height: Int,
        into target: UnsafeMutablePointer<UInt8>, bytesPerRow: Int
    ) {
        for row in 0..<height {
            for column in 0..<width {
                let place = orientation.stored(column: column, row: row, width: width, height: height)
                let from = source.base + place.row * source.bytesPerRow + 3 * place.column
                (target + row * bytesPerRow + 3 * column).update(from: from, count: 3)
            }
        }
    }
}
