import CFFmpeg

/// Scales decoded frames, or regions of them, to the size of a model's input, and converts them to RGB.
///
/// libswscale does it in one step and averages all pixels of the region, so that even small results do not alias. Pixels
/// outside of the region are not read. May be used by one thread at a time.
package final class Scaler {
    private let fit: Fit
    let converter = PixelConverter(to: AV_PIX_FMT_RGB24)
    /// Scaled frame before its rotation.
    private var stored: PixelBuffer?

    /// Colour of the bars of a padded frame: the mean of ImageNet, which is neutral to a network.
    private static let barColour: (UInt8, UInt8, UInt8) = (124, 116, 104)

    package init(fit: Fit) { self.fit = fit }

    /// Scales a frame to the size of a buffer.
    ///
    /// - Parameters:
    ///   - frame: source frame; not changed.
    ///   - region: region of the upright frame to which the fit is applied.
    ///   - target: receives the result.
    /// - Throws: ``AVFailure`` if libswscale cannot read the frame's format.
    package func scale(_ frame: Frame, region: Region = .full, into target: PixelBuffer) throws(AVFailure) {
        let orientation = frame.orientation
        let geometry = geometry(of: region, frame, target)
        let part = region.rectangle.middle(width: geometry.sourceWidth, height: geometry.sourceHeight)
        if fit == .pad { target.fill(Self.barColour) }
        let left = (target.width - geometry.targetWidth) / 2
        let top = (target.height - geometry.targetHeight) / 2
        let corner = target.base + top * target.bytesPerRow + 3 * left
        // libswscale may write past the end of a row, which must not overwrite a bar.
        guard orientation != .upright || geometry.targetWidth != target.width else {
            try convert(
                part, of: frame, width: geometry.targetWidth, height: geometry.targetHeight,
                into: corner, bytesPerRow: target.bytesPerRow)
            return
        }
        let buffer = storedBuffer(
            width: orientation.swapsAxes ? geometry.targetHeight : geometry.targetWidth,
            height: orientation.swapsAxes ? geometry.targetWidth : geometry.targetHeight)
        try convert(
            orientation.stored(part), of: frame, width: buffer.width, height: buffer.height,
            into: buffer.base, bytesPerRow: buffer.bytesPerRow)
        rotate(
            buffer, orientation, width: geometry.targetWidth, height: geometry.targetHeight,
            into: corner, bytesPerRow: target.bytesPerRow)
    }

    private func geometry(of region: Region, _ frame: Frame, _ target: PixelBuffer) -> Fit.Geometry {
        let width = Double(frame.width) * frame.pixelAspect
        let height = Double(frame.height)
        let swaps = frame.orientation.swapsAxes
        return fit.geometry(
            width: region.width * (swaps ? height : width), height: region.height * (swaps ? width : height),
            targetWidth: target.width, targetHeight: target.height)
    }

    private func convert(
        _ part: Rectangle, of frame: Frame, width: Int, height: Int,
        into pixels: UnsafeMutablePointer<UInt8>, bytesPerRow: Int
    ) throws(AVFailure) {
        let format = ColourFormat(frame.handle.pointee)
        try converter.convert(
            Crop(part, of: frame, format: format), of: frame, format: format, width: width, height: height,
            into: pixels, bytesPerRow: bytesPerRow)
    }

    private func storedBuffer(width: Int, height: Int) -> PixelBuffer {
        if let stored, stored.width == width, stored.height == height { return stored }
        let buffer = PixelBuffer(width: width, height: height)
        stored = buffer
        return buffer
    }

    /// Copies a scaled frame with its rotation.
    private func rotate(
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
