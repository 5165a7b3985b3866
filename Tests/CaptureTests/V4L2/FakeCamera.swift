import CV4L2
import Glibc

@testable import Capture

/// A camera behind the table of functions by which cameras are reached: it keeps the rules of the kernel's
/// drivers, notes whoever breaks them, and counts what it has given out.
///
/// What it does is written down beforehand: the formats that it offers, the frames and errors that come,
/// and the requests that it refuses.
final class FakeCamera {
    /// What comes next.
    enum Step {
        case frame(FakeFrame)
        /// Taking a frame fails.
        case failure(Int32)
        /// Something is wrong, and it does not say what.
        case trouble
        /// What is connected sends another size.
        case sourceChange
        /// Somebody else sets the format, now.
        case format(FourCC, PixelSize)
    }

    var formats: [V4L2Format]
    var script: [Step] = []
    /// Requests that are refused, with these error numbers.
    var refusals: [UInt: Int32] = [:]
    /// Paths that cannot be opened, with these error numbers.
    var closedPaths: [String: Int32] = [:]
    var capabilities = UInt32(V4L2_CAP_VIDEO_CAPTURE) | UInt32(V4L2_CAP_STREAMING)
    /// Bytes at the end of a row that are no pixels.
    var padding = 0
    /// How many buffers it makes, whatever is asked for.
    var mostBuffers: UInt32 = 4
    var controls: [FakeControl] = []
    var tellsChanges = false
    var colorspace = V4L2_COLORSPACE_SRGB
    /// Called when a source begins to wait for the next frame.
    var onWait: () -> Void = {}

    // What became of it.
    private(set) var openCount = 0
    private(set) var mappings: [UnsafeMutableRawPointer: Int] = [:]
    private(set) var misuse: [String] = []
    private(set) var pix = v4l2_pix_format()
    private(set) var interval: v4l2_fract?

    var buffers: [Buffer] = []
    private var queued: [UInt32] = []
    var isStreaming = false
    private var nextSequence: UInt32 = 0

    struct Buffer {
        var memory: UnsafeMutableRawBufferPointer
        var isQueued = false
    }

    init(_ formats: [V4L2Format]) {
        self.formats = formats
        guard let first = formats.first else { return }
        set(first.code, first.sizes.first?.smallest ?? PixelSize(width: 128, height: 96))
    }

    deinit { for buffer in buffers { buffer.memory.deallocate() } }

    /// What is wrong afterwards; nothing, if all is well.
    var leftovers: [String] {
        misuse + (openCount == 0 ? [] : ["\(openCount) descriptors are open"])
            + (mappings.isEmpty ? [] : ["\(mappings.count) buffers are mapped"])
            + (buffers.isEmpty ? [] : ["\(buffers.count) buffers are there"])
    }

    func note(_ complaint: String) { misuse.append(complaint) }

    // MARK: - Formats

    func set(_ code: FourCC, _ size: PixelSize) {
        let row = TestImage.bytesPerRow(code, width: size.width)
        let old = pix
        pix = v4l2_pix_format()
        pix.width = UInt32(size.width)
        pix.height = UInt32(size.height)
        pix.pixelformat = code.code
        pix.bytesperline = row > 0 ? UInt32(row + padding) : 0
        pix.colorspace = colorspace.rawValue
        pix.field = V4L2_FIELD_NONE.rawValue
        // Counting the bytes of a frame takes a while.
        let isSame =
            old.pixelformat == pix.pixelformat && old.width == pix.width && old.height == pix.height
            && old.bytesperline == pix.bytesperline
        guard !isSame else { return pix.sizeimage = old.sizeimage }
        pix.sizeimage = row > 0 ? UInt32(TestImage.bars.bytes(code, size, padding: padding).count) : 1 << 18
    }

    /// As drivers do: what is not offered becomes something that is.
    func setNearest(_ code: FourCC, _ size: PixelSize) {
        let format = formats.first { $0.code == code } ?? formats.first
        guard let format else { return }
        let sizes = format.sizes.first { $0.nearest(covering: size) == size } ?? format.sizes.first
        set(format.code, sizes?.nearest(covering: size) ?? size)
    }

    func setInterval(_ interval: v4l2_fract) { self.interval = interval }

    // MARK: - Buffers

    func makeBuffers(_ count: UInt32) -> Int32 {
        guard mappings.isEmpty else {
            note("buffers are freed while they are mapped")
            return -EBUSY
        }
        for buffer in buffers { buffer.memory.deallocate() }
        buffers = (0..<count).map { _ in
            Buffer(memory: .allocate(byteCount: Int(pix.sizeimage), alignment: 64))
        }
        queued = []
        return 0
    }

    func map(_ offset: Int64, _ length: Int) -> UnsafeMutableRawPointer? {
        let index = Int(offset >> 16)
        guard buffers.indices.contains(index), buffers[index].memory.count == length,
            let address = buffers[index].memory.baseAddress
        else { return nil }
        mappings[address] = length
        return address
    }

    func unmap(_ address: UnsafeMutableRawPointer, _ length: Int) -> Int32 {
        guard mappings.removeValue(forKey: address) == length else {
            note("what is unmapped was not mapped")
            return -EINVAL
        }
        return 0
    }

    func queue(_ index: UInt32) -> Int32 {
        guard buffers.indices.contains(Int(index)), !buffers[Int(index)].isQueued else {
            note("a buffer is given back twice")
            return -EINVAL
        }
        // From now on it is the camera's, which writes to it.
        buffers[Int(index)].memory.initializeMemory(as: UInt8.self, repeating: 0xEE)
        buffers[Int(index)].isQueued = true
        queued.append(index)
        return 0
    }

    func stop() {
        isStreaming = false
        for index in queued { buffers[Int(index)].isQueued = false }
        queued = []
    }

    func take(_ buffer: inout v4l2_buffer) -> Int32 {
        guard isStreaming else { return -EINVAL }
        switch script.first {
        case .failure(let number):
            script.removeFirst()
            return -number
        case .frame(let frame):
            guard let index = queued.first else { return -EAGAIN }
            queued.removeFirst()
            script.removeFirst()
            buffers[Int(index)].isQueued = false
            fill(&buffer, index, frame)
            return 0
        default:
            return -EAGAIN
        }
    }

    private func fill(_ buffer: inout v4l2_buffer, _ index: UInt32, _ frame: FakeFrame) {
        let memory = buffers[Int(index)].memory
        memory.copyBytes(from: frame.bytes.prefix(memory.count))
        buffer.index = index
        buffer.length = UInt32(memory.count)
        buffer.bytesused = UInt32(frame.claimedSize ?? frame.bytes.count)
        buffer.flags = frame.flags | UInt32(frame.clock)
        buffer.sequence = frame.sequence ?? nextSequence
        nextSequence = buffer.sequence &+ 1
        buffer.timestamp = frame.time
    }

    /// What a wait would find now. Steps that are no frames happen.
    func happening(_ events: Int16) -> Int16 {
        while case .format(let code, let size) = script.first {
            script.removeFirst()
            set(code, size)
        }
        switch script.first {
        case .frame where isStreaming && !queued.isEmpty: return Int16(POLLIN)
        case .failure(EAGAIN) where isStreaming: return Int16(POLLIN)
        case .failure where isStreaming, .trouble where isStreaming: return Int16(POLLERR)
        case .sourceChange: return Int16(POLLPRI) & events
        default: return 0
        }
    }

    func takeEvent(_ event: inout v4l2_event) -> Int32 {
        guard case .sourceChange = script.first else { return -ENOENT }
        script.removeFirst()
        event.type = UInt32(V4L2_EVENT_SOURCE_CHANGE)
        event.u.src_change.changes = UInt32(V4L2_EVENT_SRC_CH_RESOLUTION)
        return 0
    }

    func open(_ path: String) -> Int32 {
        if let number = closedPaths[path] { return -number }
        openCount += 1
        return 1000
    }

    func close() {
        openCount -= 1
        if !mappings.isEmpty { note("it is closed while buffers are mapped") }
        stop()
        _ = makeBuffers(0)
    }
}

/// A frame, and what the camera says about it.
struct FakeFrame {
    var bytes: [UInt8]
    var flags: UInt32 = 0
    /// How many bytes it says it has written, if that is not true.
    var claimedSize: Int?
    /// `nil` for the one after the last.
    var sequence: UInt32?
    var time = timeval(tv_sec: 100, tv_usec: 250_000)
    var clock = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC
}

struct FakeControl {
    var id: UInt32
    var name: String
    var kind: v4l2_ctrl_type
    var range: ClosedRange<Int32>
    var step: Int32 = 1
    var flags = 0
    var choices: [Int32: String] = [:]
    var value: Int32 = 0
}
