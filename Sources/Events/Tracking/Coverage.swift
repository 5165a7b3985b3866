import Basics

/// Regions of a frame that a detector searched: the whole frame, crops of it at a higher resolution, or both.
///
/// A detector searches small objects only in crops. An object that it did not search is not missing.
package struct Coverage: Equatable, Sendable {
    /// Whether the detector got the whole frame.
    package var hasWholeFrame: Bool
    /// Crops that the detector got, in normalized coordinates of the upright frame.
    package var crops: [BoundingBox]

    package init(hasWholeFrame: Bool, crops: [BoundingBox] = []) {
        self.hasWholeFrame = hasWholeFrame
        self.crops = crops
    }

    /// Width or height of the smallest object that networks reliably find in the whole frame, as a fraction of the
    /// frame's.
    private static let leastInWholeFrame = 0.15
    /// Tolerance for rounding errors of the edges of a crop.
    private static let slack = 1e-9

    /// Whether the detector got an object whole and large enough to be found, or would have, if it were still there.
    ///
    /// - Parameter box: expected place, in normalized coordinates. A place outside of the frame is always searched: nothing
    ///   is there.
    package func shows(_ box: BoundingBox) -> Bool {
        let visible = box.clampedToFrame
        guard visible.area > 0 else { return true }
        if hasWholeFrame, max(visible.width, visible.height) >= Self.leastInWholeFrame { return true }
        return crops.contains { crop in
            visible.x >= crop.x - Self.slack && visible.y >= crop.y - Self.slack
                && visible.right <= crop.right + Self.slack && visible.bottom <= crop.bottom + Self.slack
        }
    }
}
