import Basics

/// Whether an object stays at its place. A value without a clock.
struct Standstill: Sendable {
    private var reference: BoundingBox
    private var since: Double
    private(set) var isStationary = false

    /// Overlap (IoU) with the place of reference from which the object has not moved.
    private static let staying = 0.7
    /// Overlap below which a stationary object has clearly moved.
    private static let moving = 0.4

    init(_ box: BoundingBox, at time: SampleTime) {
        reference = box
        since = time.monotonic
    }

    /// Adds a sample with the object.
    ///
    /// - Parameter delay: seconds after which it is stationary.
    /// - Returns: whether it has become stationary (`true`) or has moved (`false`); `nil` for no change.
    mutating func observe(_ box: BoundingBox, at time: SampleTime, delay: Double) -> Bool? {
        let overlap = reference.intersectionOverUnion(with: box)
        if overlap < (isStationary ? Self.moving : Self.staying) {
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
