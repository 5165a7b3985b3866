import CV4L2
import Glibc

/// An open camera.
///
/// Used by one thread at a time. No call blocks, other than ``wait(seconds:)``.
final class V4L2Device {
    private let descriptor: Int32
    /// The way to the kernel, or to a test's camera.
    private var functions: cv4l2_device_functions

    private static let silence: Void = cv4l2_silence()

    /// - Parameter path: of the device, as `/dev/video0`.
    /// - Throws: ``V4L2Failure``.
    init(path: String, functions: cv4l2_device_functions) throws(V4L2Failure) {
        Self.silence
        var functions = functions
        descriptor = try checkedV4L2("open it", cv4l2_open(&functions, path))
        self.functions = functions
    }

    deinit { _ = cv4l2_close(&functions, descriptor) }

    /// Asks the driver for something.
    ///
    /// - Parameters:
    ///   - operation: what it is, to go on with after "cannot".
    ///   - request: the request's number.
    ///   - argument: is read and written by the driver.
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

    /// Maps memory of the driver. What it gives has to be given to ``unmap(_:)``.
    ///
    /// - Throws: ``V4L2Failure``.
    func map(length: Int, offset: Int64) throws(V4L2Failure) -> UnsafeMutableRawBufferPointer {
        var address: UnsafeMutableRawPointer?
        try checkedV4L2("map a buffer", cv4l2_mmap(&functions, descriptor, length, offset, &address))
        return UnsafeMutableRawBufferPointer(start: address, count: length)
    }

    func unmap(_ memory: UnsafeMutableRawBufferPointer) {
        _ = cv4l2_munmap(&functions, memory.baseAddress, memory.count)
    }

    /// What there is to be done.
    struct Readiness {
        /// A buffer may be taken; or the driver has an error to tell, which taking one tells.
        var hasBuffer = false
        /// The driver has something to say that is no frame.
        var hasEvent = false
        /// Something is wrong.
        var hasError = false
    }

    /// Waits for a frame or an event.
    ///
    /// - Parameter seconds: how long, at most. It may return earlier, with nothing to be done.
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

    /// Whether the driver tells when what it is connected to sends another size.
    private var reportsChanges = false

    /// Asks to be told. Webcams never send another size, and their drivers refuse.
    func subscribeToChanges() {
        var subscription = v4l2_event_subscription()
        subscription.type = UInt32(V4L2_EVENT_SOURCE_CHANGE)
        reportsChanges = (try? control("subscribe to changes", cv4l2_subscribe_event, &subscription)) != nil
    }

    /// Takes the next event.
    ///
    /// - Returns: whether it says that the size has changed.
    func takeEvent() -> Bool {
        var event = v4l2_event()
        guard (try? control("take an event", cv4l2_dqevent, &event)) != nil else { return false }
        return event.type == UInt32(V4L2_EVENT_SOURCE_CHANGE)
            && event.u.src_change.changes & UInt32(V4L2_EVENT_SRC_CH_RESOLUTION) != 0
    }
}
