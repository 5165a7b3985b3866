import Basics
import CV4L2

/// Mapped buffer of the driver.
private final class V4L2Mapping {
    let memory: UnsafeMutableRawBufferPointer
    private let device: V4L2Device

    /// - Throws: ``V4L2Failure``.
    init(_ device: V4L2Device, length: Int, offset: Int64) throws(V4L2Failure) {
        memory = try device.map(length: length, offset: offset)
        self.device = device
    }

    deinit { device.unmap(memory) }
}

/// Dequeued buffer with a frame. Return it with ``V4L2Stream/giveBack(_:)``.
struct V4L2Buffer {
    fileprivate let index: UInt32
    /// Bytes that the driver has written, at most the size of the buffer.
    let bytes: UnsafeRawBufferPointer
    /// Whether the driver marks the frame as corrupt, or reports more bytes than fit the buffer.
    let isCorrupt: Bool
    /// Sequence number of the frame. The camera counts frames that it does not deliver, too.
    let sequence: UInt32
    /// Monotonic time at which the frame was taken, in seconds.
    let time: Double
}

/// Streaming camera. `deinit` stops the stream and frees its buffers.
///
/// May be used by one thread at a time.
final class V4L2Stream {
    private let device: V4L2Device
    private var mappings: [V4L2Mapping] = []

    /// One buffer is being processed, one is being written, and two are in reserve.
    private static let bufferCount: UInt32 = 4

    /// Allocates buffers and starts the stream.
    ///
    /// - Parameter device: device whose format has been set.
    /// - Throws: ``V4L2Failure``.
    init(_ device: V4L2Device) throws(V4L2Failure) {
        self.device = device  // from here on, `deinit` cleans up, even if the rest throws
        for index in 0..<(try request(Self.bufferCount)) {
            var buffer = Self.buffer(index)
            try device.control("query a buffer", cv4l2_querybuf, &buffer)
            mappings.append(try V4L2Mapping(device, length: Int(buffer.length), offset: Int64(buffer.m.offset)))
            try queue(index)
        }
        var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        try device.control("start", cv4l2_streamon, &type)
    }

    deinit {
        // Fails for an unplugged camera, which needs no cleanup.
        var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        try? device.control("stop", cv4l2_streamoff, &type)
        mappings = []
        _ = try? request(0)
    }

    /// Requests buffers from the driver.
    ///
    /// - Returns: the number of buffers that the driver has allocated.
    private func request(_ count: UInt32) throws(V4L2Failure) -> UInt32 {
        var request = v4l2_requestbuffers()
        request.count = count
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        request.memory = V4L2_MEMORY_MMAP.rawValue
        try device.control("request buffers", cv4l2_reqbufs, &request)
        return request.count
    }

    private static func buffer(_ index: UInt32) -> v4l2_buffer {
        var buffer = v4l2_buffer()
        buffer.index = index
        buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        buffer.memory = V4L2_MEMORY_MMAP.rawValue
        return buffer
    }

    private func queue(_ index: UInt32) throws(V4L2Failure) {
        var buffer = Self.buffer(index)
        try device.control("queue a buffer", cv4l2_qbuf, &buffer)
    }

    /// Returns a buffer to the driver.
    ///
    /// - Throws: ``V4L2Failure``.
    func giveBack(_ buffer: V4L2Buffer) throws(V4L2Failure) { try queue(buffer.index) }

    /// Dequeues the oldest frame.
    ///
    /// - Returns: `nil` if no frame is ready.
    /// - Throws: ``V4L2Failure``.
    func take() throws(V4L2Failure) -> V4L2Buffer? {
        var buffer = Self.buffer(0)
        do {
            try device.control("dequeue a frame", cv4l2_dqbuf, &buffer)
        } catch {
            guard error.code == EAGAIN else { throw error }
            return nil
        }
        guard Int(buffer.index) < mappings.count else {
            throw V4L2Failure(code: EIO, operation: "dequeue a frame")
        }
        let memory = UnsafeRawBufferPointer(mappings[Int(buffer.index)].memory)
        let size = Int(buffer.bytesused)
        return V4L2Buffer(
            index: buffer.index, bytes: UnsafeRawBufferPointer(rebasing: memory.prefix(size)),
            isCorrupt: buffer.flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0 || size > memory.count,
            sequence: buffer.sequence, time: Self.time(of: buffer))
    }

    /// Returns the driver's time stamp if it is monotonic; otherwise the current monotonic time.
    private static func time(of buffer: v4l2_buffer) -> Double {
        let clock = buffer.flags & UInt32(V4L2_BUF_FLAG_TIMESTAMP_MASK)
        let time = Double(buffer.timestamp.tv_sec) + Double(buffer.timestamp.tv_usec) / 1e6
        return clock == UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC) && time > 0 ? time : MonotonicClock.now
    }
}
