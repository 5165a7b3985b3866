/// How a frame is brought into the shape that a network wants.
package enum Fit: String, CaseIterable, Sendable {
    /// The whole frame is seen, stretched in one direction.
    case squash
    /// The middle is seen, undistorted; what does not fit is cut off.
    case crop
    /// The whole frame is seen, undistorted, with bars.
    case pad

    /// Which part of a frame goes where.
    struct Geometry: Equatable {
        /// The part of the frame's width and height that is used, around its centre; up to 1.
        var sourceWidth: Double
        var sourceHeight: Double
        /// Pixels of the target that are filled, around its centre.
        var targetWidth: Int
        var targetHeight: Int
    }

    /// - Parameters:
    ///   - width: of the frame as it is shown, in any unit.
    ///   - height: of the frame as it is shown, in the same unit.
    ///   - targetWidth: pixels.
    ///   - targetHeight: pixels.
    func geometry(width: Double, height: Double, targetWidth: Int, targetHeight: Int) -> Geometry {
        let scaleX = Double(targetWidth) / width
        let scaleY = Double(targetHeight) / height
        var geometry = Geometry(
            sourceWidth: 1, sourceHeight: 1, targetWidth: targetWidth, targetHeight: targetHeight)
        switch self {
        case .squash:
            break
        case .crop:
            let scale = max(scaleX, scaleY)
            geometry.sourceWidth = scaleX / scale
            geometry.sourceHeight = scaleY / scale
        case .pad:
            let scale = min(scaleX, scaleY)
            geometry.targetWidth = max(1, Int((width * scale).rounded()))
            geometry.targetHeight = max(1, Int((height * scale).rounded()))
        }
        return geometry
    }
}
