import Basics
import CV4L2

/// Memory of the driver that frames are written to.
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

/// A buffer with a frame in it. It has to be given back with ``V4L2Stream/giveBack(_:)``.
struct V4L2Buffer {
    fileprivate let index: UInt32
    /// What the driver says it has written, as far as there is memory for it.
    let bytes: UnsafeRawBufferPointer
    /// Whether the driver knows that it is damaged, or has written more than there is memory for.
    let isCorrupt: Bool
    /// Counts the frames that the camera took.
    let sequence: UInt32
    /// When it was taken, in seconds on the monotonic clock.
    let time: Double
}

/// A camera that is giving frames. Ends that when it is let go of.
///
/// Used by one thread at a time.
final class V4L2Stream {
    private let device: V4L2Device
    private var mappings: [V4L2Mapping] = []

    /// One is with us, one is being written, and two are in reserve.
    private static let bufferCount: UInt32 = 4

    /// Gets memory, and switches the camera on.
    ///
    /// - Parameter device: its format is set.
    /// - Throws: ``V4L2Failure``.
    init(_ device: V4L2Device) throws(V4L2Failure) {
        self.device = device  // from here on, `deinit` undoes everything, also if this throws
        for index in 0..<(try request(Self.bufferCount)) {
            var buffer = Self.buffer(index)
            try device.control("ask for a buffer", cv4l2_querybuf, &buffer)
            mappings.append(try V4L2Mapping(device, length: Int(buffer.length), offset: Int64(buffer.m.offset)))
            try queue(index)
        }
        var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        try device.control("start", cv4l2_streamon, &type)
    }

    deinit {
        // A driver that is gone refuses, but there is nothing else to do about it.
        var type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        try? device.control("stop", cv4l2_streamoff, &type)
        mappings = []
        _ = try? request(0)
    }

    /// - Returns: how many buffers the driver has made.
    private func request(_ count: UInt32) throws(V4L2Failure) -> UInt32 {
        var request = v4l2_requestbuffers()
        request.count = count
        request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        request.memory = V4L2_MEMORY_MMAP.rawValue
        try device.control("get buffers", cv4l2_reqbufs, &request)
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
        try device.control("give back a buffer", cv4l2_qbuf, &buffer)
    }

    /// Lets the driver write to the buffer again.
    ///
    /// - Throws: ``V4L2Failure``.
    func giveBack(_ buffer: V4L2Buffer) throws(V4L2Failure) { try queue(buffer.index) }

    /// Takes the oldest frame.
    ///
    /// - Returns: `nil` if there is none at the moment.
    /// - Throws: ``V4L2Failure``.
    func take() throws(V4L2Failure) -> V4L2Buffer? {
        var buffer = Self.buffer(0)
        do {
            try device.control("take a frame", cv4l2_dqbuf, &buffer)
        } catch {
            guard error.code == EAGAIN else { throw error }
            return nil
        }
        guard Int(buffer.index) < mappings.count else {
            throw V4L2Failure(code: EIO, operation: "take a frame")
        }
        let memory = UnsafeRawBufferPointer(mappings[Int(buffer.index)].memory)
        let size = Int(buffer.bytesused)
        return V4L2Buffer(
            index: buffer.index, bytes: UnsafeRawBufferPointer(rebasing: memory.prefix(size)),
            isCorrupt: buffer.flags & UInt32(V4L2_BUF_FLAG_ERROR) != 0 || size > memory.count,
            sequence: buffer.sequence, time: Self.time(of: buffer))
    }

    /// The driver's time, if it is that of the monotonic clock, and not of one that may be set.
    private static func time(of buffer: v4l2_buffer) -> Double {
        let clock = buffer.flags & UInt32(V4L2_BUF_FLAG_TIMESTAMP_MASK)
        let time = Double(buffer.timestamp.tv_sec) + Double(buffer.timestamp.tv_usec) / 1e6
        return clock == UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC) && time > 0 ? time : MonotonicClock.now
    }
}
