import Basics
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
        let geometry = geometry(of: region, frame, width: target.width, height: target.height)
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

    /// Returns the place that a scaled image shows, in normalized coordinates of the upright frame.
    ///
    /// Its edges are those of the image: a point at (x, y) of the image, in normalized coordinates, lies at the same
    /// fractions of the place. The bars of a padded image lie outside of the region. A crop begins at whole pixels, so that
    /// the place may differ from the region by a pixel.
    ///
    /// - Parameters:
    ///   - region: region of the upright frame, as in ``scale(_:region:into:)``.
    ///   - width: width of the image, in pixels.
    ///   - height: height of the image, in pixels.
    package func place(of region: Region = .full, in frame: Frame, width: Int, height: Int) -> BoundingBox {
        let geometry = geometry(of: region, frame, width: width, height: height)
        let part = region.rectangle.middle(width: geometry.sourceWidth, height: geometry.sourceHeight)
        let crop = Crop(
            frame.orientation.stored(part), of: frame, format: ColourFormat(frame.handle.pointee))
        let shown = frame.orientation.shown(crop.rectangle(in: frame))
        let scaleX = shown.width / Double(geometry.targetWidth)
        let scaleY = shown.height / Double(geometry.targetHeight)
        return BoundingBox(
            x: shown.x - Double((width - geometry.targetWidth) / 2) * scaleX,
            y: shown.y - Double((height - geometry.targetHeight) / 2) * scaleY,
            width: Double(width) * scaleX, height: Double(height) * scaleY)
    }

    private func geometry(of region: Region, _ frame: Frame, width: Int, height: Int) -> Fit.Geometry {
        let (frameWidth, frameHeight) = frame.uprightSize
        return fit.geometry(
            width: region.width * frameWidth, height: region.height * frameHeight, targetWidth: width,
            targetHeight: height)
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

extension Frame {
    /// Width and height of the upright frame, in heights of a stored pixel.
    fileprivate var uprightSize: (width: Double, height: Double) {
        let size = (width: Double(width) * pixelAspect, height: Double(height))
        return orientation.swapsAxes ? (size.height, size.width) : size
    }

    /// Size of the upright frame in square pixels: the coordinates of square crops.
    package var squarePixelSize: PixelSize {
        let size = uprightSize
        return PixelSize(width: max(1, Int(size.width.rounded())), height: max(1, Int(size.height.rounded())))
    }
}
