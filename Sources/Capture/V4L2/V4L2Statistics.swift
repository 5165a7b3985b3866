/// What came from a camera.
package struct V4L2Statistics: Equatable, Sendable {
    /// Frames that were given.
    package var frames = 0
    /// Frames that were left out because they were damaged.
    package var corrupt = 0
    /// How often the camera's count of frames jumped.
    package var gaps = 0
    /// Frames that the camera took and that never came.
    package var missed = 0

    package init() {}
}

/// Finds the gaps in a camera's count of its frames.
struct SequenceCounter {
    private var next: UInt32?

    /// How many frames are missing before this one.
    ///
    /// The count wraps around at 2³². One that goes backwards, or stays, begins anew: some drivers do not count.
    mutating func missing(before sequence: UInt32) -> Int {
        defer { next = sequence &+ 1 }
        guard let next else { return 0 }
        let distance = sequence &- next
        return distance < 1 << 31 ? Int(distance) : 0
    }
}
