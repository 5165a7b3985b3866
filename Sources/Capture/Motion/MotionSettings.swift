import Basics
import Glibc

/// Settings of a motion gate. All times are in seconds.
package struct MotionSettings: Equatable, Sendable, Codable {
    /// Whether the gate is on. Otherwise every frame is classified.
    package var enabled: Bool
    /// Sensitivity to small changes of a cell, 0...1. See ``contrast``.
    package var sensitivity: Double
    /// Fraction of the frame that a connected area of changed cells has to cover, 0...1; at least two cells, as a single
    /// cell may change by chance.
    package var minimumArea: Double
    /// Areas to be ignored, as a road, a tree or an overlaid clock. A cell is ignored if its centre is inside of one.
    package var masks: [Polygon]
    /// Longest time without a classified frame, with or without motion; `nil` for no limit.
    package var heartbeat: Double?
    /// Time after the last motion for which frames are still classified. It should exceed the events' clear delay, so
    /// that the end of an event is seen.
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

    /// Least difference between a changed cell and its background, in levels of 255, without noise: 40 at sensitivity 0,
    /// about 9 at 0.5, and 2 at 1.
    package var contrast: Double { 40 * pow(0.05, sensitivity) }

    /// Error message if the settings are not valid; otherwise `nil`.
    package var problem: String? {
        if !(0...1).contains(sensitivity) { return "the sensitivity is a number from 0 to 1, not \(sensitivity)" }
        if !(0...1).contains(minimumArea) {
            return "the minimum area is a number from 0 to 1, not \(minimumArea)"
        }
        if let heartbeat, !(heartbeat > 0 && heartbeat <= 86400) {
            return "the heartbeat is a number of seconds above 0, up to 86400, not \(heartbeat)"
        }
        if !(0...86400).contains(hold) { return "the hold time is a number of seconds from 0 to 86400, not \(hold)" }
        return masks.lazy.compactMap(\.problem).first
    }
}
