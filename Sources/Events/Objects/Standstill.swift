import Basics

/// Whether an object stays at its place. A value without a clock.
struct Standstill: Sendable {
    private var reference: BoundingBox
    private var since: Double
    private(set) var isStationary = false
    /// Whether the last sample of a stationary object was elsewhere. The next one confirms or refutes that.
    private var hasLeft = false

    /// Overlap (IoU) with the place of reference from which the object has not moved.
    private static let staying = 0.7
    /// Overlap below which a stationary object has clearly moved.
    private static let moving = 0.4

    /// Whether the next sample decides about a movement.
    var wantsSample: Bool { hasLeft }

    init(_ box: BoundingBox, at time: SampleTime) {
        reference = box
        since = time.monotonic
    }

    /// Adds a sample with the object.
    ///
    /// - Parameters:
    ///   - delay: seconds after which it is stationary.
    ///   - isHeld: whether it is a frame without motion, which shows what the last sample showed.
    /// - Returns: whether it has become stationary (`true`) or has moved (`false`); `nil` for no change.
    mutating func observe(_ box: BoundingBox, at time: SampleTime, delay: Double, isHeld: Bool = false) -> Bool? {
        let overlap = reference.intersectionOverUnion(with: box)
        let isElsewhere = overlap < (isStationary ? Self.moving : Self.staying)
        if isStationary, isElsewhere, isHeld || !hasLeft {
            hasLeft = true
            return nil
        }
        hasLeft = false
        if isElsewhere {
            reference = box
            since = time.monotonic
            defer { isStationary = false }
            return isStationary ? false : nil
        }
        guard !isStationary, time.monotonic - since >= delay else { return nil }
        isStationary = true
        return true
    }
}
