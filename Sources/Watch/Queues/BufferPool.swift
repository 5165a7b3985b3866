import Basics
import Capture
import Dispatch

/// A fixed number of frame buffers. Whoever needs one waits until one is free: this is what bounds the
/// work that is under way. Each is made when it is needed first: a source that never answers has none.
final class BufferPool: Sendable {
    private let free: Mutex<[PixelBuffer]>
    private let count: DispatchSemaphore
    private let width: Int
    private let height: Int

    init(count: Int, width: Int, height: Int) {
        free = Mutex([])
        self.width = width
        self.height = height
        self.count = DispatchSemaphore(value: count)
    }

    /// Waits for a buffer.
    func take() -> PixelBuffer {
        count.wait()
        return free.withLock { $0.popLast() } ?? PixelBuffer(width: width, height: height)
    }

    /// Waits for a buffer, and scales a region of a frame into it.
    ///
    /// - Throws: ``SourceError`` if the frame's pixels cannot be read.
    func take(_ frame: Frame, region: Region = .full, scaledBy scaler: Scaler) throws(SourceError) -> PixelBuffer {
        let buffer = take()
        do {
            try scaler.scale(frame, region: region, into: buffer)
            return buffer
        } catch {
            giveBack(buffer)
            throw .malformed("its frames cannot be converted: \(error)")
        }
    }

    func giveBack(_ buffer: PixelBuffer) {
        free.withLock { $0.append(buffer) }
        count.signal()
    }
}
