import Glibc

/// What counts as motion, and what is classified without it. All times are in seconds.
package struct MotionSettings: Equatable, Sendable {
    /// Whether frames are held back at all. If not, every frame is classified.
    package var enabled: Bool
    /// How little a cell of the frame has to change, 0...1; more is more sensitive. See ``contrast``.
    package var sensitivity: Double
    /// The part of the frame that a connected area of changed cells has to cover, 0...1. It is never
    /// less than two cells: one cell may change by chance.
    package var minimumArea: Double
    /// Areas in which nothing counts: a road, a tree, a clock that is written into the frame. A cell
    /// of the grid is ignored if its centre is inside of one.
    package var masks: [Polygon]
    /// A frame is classified at least this often, however still it is; `nil` for never.
    package var heartbeat: Double?
    /// How long after the last motion frames are still classified: long enough for what moved to be
    /// seen to be gone. Events need more than the time after which a label counts as gone.
    package var hold: Double

    package init(
        enabled: Bool = true, sensitivity: Double = 0.5, minimumArea: Double = 0.001, masks: [Polygon] = [],
        heartbeat: Double? = 60, hold: Double = 5
    ) {
        self.enabled = enabled
        self.sensitivity = sensitivity
        self.minimumArea = minimumArea
        self.masks = masks
        self.heartbeat = heartbeat
        self.hold = hold
    }

    /// The least difference, of 255 levels, between a cell and its background that counts, however little
    /// noise there is: 40 at sensitivity 0, about 9 at 0.5, 2 at 1.
    package var contrast: Double { 40 * pow(0.05, sensitivity) }

    /// What is wrong with them, in a sentence; `nil` if nothing is.
    package var problem: String? {
        if !(0...1).contains(sensitivity) { return "the sensitivity is a number from 0 to 1, not \(sensitivity)" }
        if !(0...1).contains(minimumArea) {
            return "the minimum area is a part of the frame from 0 to 1, not \(minimumArea)"
        }
        if let heartbeat, !(heartbeat > 0 && heartbeat <= 86400) {
            return "the heartbeat is a number of seconds above 0, up to 86400, not \(heartbeat)"
        }
        if !(0...86400).contains(hold) { return "the hold time is a number of seconds from 0 to 86400, not \(hold)" }
        return masks.lazy.compactMap(\.problem).first
    }
}
