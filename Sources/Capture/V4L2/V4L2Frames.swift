/// Makes frames of a camera's buffers.
protocol V4L2Frames: AnyObject {
    /// Whether a frame lies in the buffer, which then must not be given back while it is looked at.
    var liesInBuffer: Bool { get }

    /// - Parameters:
    ///   - buffer: is not known to be damaged.
    ///   - frame: gets the frame.
    func read(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2Reading

    /// A frame was lost before the next one.
    func noteLoss()
}

/// What came of reading a buffer.
enum V4L2Reading {
    case picture
    /// It is damaged, or made of something that was.
    case damaged
    /// The decoder wants more.
    case nothing
}
