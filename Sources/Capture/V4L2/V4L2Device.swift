import Basics
import CV4L2
import Glibc

/// Open V4L2 device.
///
/// May be used by one thread at a time. No call blocks except ``wait(seconds:)``.
final class V4L2Device {
    private let descriptor: Int32
    /// System calls; tests replace them.
    private var functions: cv4l2_device_functions

    private static let silence: Void = cv4l2_silence()

    /// - Parameters:
    ///   - path: path of the device, as `/dev/video0`.
    ///   - functions: system calls.
    /// - Throws: ``V4L2Failure``.
    init(path: String, functions: cv4l2_device_functions) throws(V4L2Failure) {
        Self.silence
        var functions = functions
        descriptor = try checkedV4L2("open it", cv4l2_open(&functions, path))
        self.functions = functions
    }

    deinit { _ = cv4l2_close(&functions, descriptor) }

    /// Sends a request to the driver: ioctl(2), repeated after a signal.
    ///
    /// - Parameters:
    ///   - operation: operation for the error message, which begins with "cannot".
    ///   - request: number of the request.
    ///   - argument: argument, which the driver reads and writes.
    /// - Throws: ``V4L2Failure``.
    func control<Argument>(
        _ operation: String, _ request: UInt, _ argument: inout Argument
    ) throws(V4L2Failure) {
        var result: Int32
        repeat {
            result = withUnsafeMutablePointer(to: &argument) { cv4l2_ioctl(&functions, descriptor, request, $0) }
        } while result == -EINTR
        try checkedV4L2(operation, result)
    }

    /// Maps memory of the driver. Unmap it with ``unmap(_:)``.
    ///
    /// - Throws: ``V4L2Failure``.
    func map(length: Int, offset: Int64) throws(V4L2Failure) -> UnsafeMutableRawBufferPointer {
        var address: UnsafeMutableRawPointer?
        try checkedV4L2("map a buffer", cv4l2_mmap(&functions, descriptor, length, offset, &address))
        return UnsafeMutableRawBufferPointer(start: address, count: length)
    }

    /// Unmaps memory of ``map(length:offset:)``.
    func unmap(_ memory: UnsafeMutableRawBufferPointer) {
        _ = cv4l2_munmap(&functions, memory.baseAddress, memory.count)
    }

    /// Result of ``wait(seconds:)``.
    struct Readiness {
        /// Whether a buffer can be dequeued, or dequeuing will return the driver's error.
        var hasBuffer = false
        /// Whether an event can be dequeued.
        var hasEvent = false
        /// Whether the driver reports an error.
        var hasError = false
    }

    /// Waits for a buffer or an event.
    ///
    /// - Parameter seconds: timeout. It may return earlier with an empty result.
    /// - Throws: ``V4L2Failure``.
    func wait(seconds: Double) throws(V4L2Failure) -> Readiness {
        var happened: Int16 = 0
        let milliseconds = Int32(max(0, min(seconds, 60)) * 1000) + 1
        let wanted = Int16(POLLIN) | (reportsChanges ? Int16(POLLPRI) : 0)
        let result = cv4l2_poll(&functions, descriptor, wanted, milliseconds, &happened)
        if result == -EINTR { return Readiness() }
        guard try checkedV4L2("wait for a frame", result) > 0 else { return Readiness() }
        let isBroken = happened & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
        return Readiness(
            hasBuffer: happened & Int16(POLLIN) != 0 || isBroken, hasEvent: happened & Int16(POLLPRI) != 0,
            hasError: isBroken)
    }

    // MARK: - Changes of the frame's size

    /// Whether the driver reports a change of its signal's size.
    private var reportsChanges = false

    /// Subscribes to changes of the signal's size. Drivers of webcams, whose size never changes, refuse.
    func subscribeToChanges() {
        var subscription = v4l2_event_subscription()
        subscription.type = UInt32(V4L2_EVENT_SOURCE_CHANGE)
        reportsChanges = (try? control("subscribe to changes", cv4l2_subscribe_event, &subscription)) != nil
    }

    /// Dequeues the next event.
    ///
    /// - Returns: whether it reports a change of the size.
    func takeEvent() -> Bool {
        var event = v4l2_event()
        guard (try? control("dequeue an event", cv4l2_dqevent, &event)) != nil else { return false }
        return event.type == UInt32(V4L2_EVENT_SOURCE_CHANGE)
            && event.u.src_change.changes & UInt32(V4L2_EVENT_SRC_CH_RESOLUTION) != 0
    }
}

extension V4L2Device {
    /// Returns the current format.
    ///
    /// - Throws: ``V4L2Failure``.
    func format() throws(V4L2Failure) -> v4l2_pix_format {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        try control("query the format", cv4l2_g_fmt, &format)
        return format.fmt.pix
    }

    /// Sets format and size.
    ///
    /// - Returns: the format that the driver has set, which may differ.
    /// - Throws: ``V4L2Failure``.
    func setFormat(_ code: FourCC, size: PixelSize) throws(V4L2Failure) -> v4l2_pix_format {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        format.fmt.pix.width = UInt32(clamping: size.width)
        format.fmt.pix.height = UInt32(clamping: size.height)
        format.fmt.pix.pixelformat = code.code
        format.fmt.pix.field = V4L2_FIELD_NONE.rawValue
        try control("set the format", cv4l2_s_fmt, &format)
        return format.fmt.pix
    }

    /// Sets the frame interval.
    ///
    /// - Returns: the interval that the driver has set, if it reports it.
    /// - Throws: ``V4L2Failure``. Many drivers do not support intervals.
    func setInterval(_ interval: FrameInterval) throws(V4L2Failure) -> FrameInterval? {
        var parameters = v4l2_streamparm()
        parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        parameters.parm.capture.timeperframe = v4l2_fract(
            numerator: interval.numerator, denominator: interval.denominator)
        try control("set the rate", cv4l2_s_parm, &parameters)
        let result = parameters.parm.capture.timeperframe
        guard result.numerator > 0, result.denominator > 0 else { return nil }
        return FrameInterval(result.numerator, result.denominator)
    }
}

/// Error of a camera's driver.
package struct V4L2Failure: Error, Equatable, CustomStringConvertible {
    /// Error number of the system; positive.
    package let code: Int32
    /// Operation that failed, as "set the format".
    package let operation: String

    package var description: String { "cannot \(operation): \(systemPhrase(code))" }

    /// Message for users.
    var phrase: String {
        switch code {
        case ENODEV, ENXIO: "the camera is gone"
        case EBUSY: "another program is using it"
        default: description
        }
    }
}

/// Converts a result of a camera's driver to an error. All calls go through it.
///
/// - Returns: the result, if it is not negative.
/// - Throws: ``V4L2Failure``.
@discardableResult
func checkedV4L2(_ operation: String, _ result: Int32) throws(V4L2Failure) -> Int32 {
    guard result >= 0 else { throw V4L2Failure(code: -result, operation: operation) }
    return result
}
