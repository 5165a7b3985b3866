/// What came from a camera.
public struct V4L2Statistics: Equatable, Sendable {
    /// Pictures that were given.
    public var frames = 0
    /// Pictures that were left out because they were damaged.
    public var corrupt = 0
    /// How often the camera's count of pictures jumped.
    public var gaps = 0
    /// Pictures that the camera took and that never came.
    public var missed = 0

    public init() {}
}

/// Finds the gaps in a camera's count of its pictures.
struct SequenceCounter {
    private var next: UInt32?

    /// How many pictures are missing before this one.
    ///
    /// The count wraps around at 2³². One that goes backwards, or stays, begins anew: some drivers do not count.
    mutating func missing(before sequence: UInt32) -> Int {
        defer { next = sequence &+ 1 }
        guard let next else { return 0 }
        let distance = sequence &- next
        return distance < 1 << 31 ? Int(distance) : 0
    }
}
