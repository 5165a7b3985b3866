import Basics
import Capture
import Dispatch

/// Fixed number of image buffers.
///
/// A caller blocks until one is free: this bounds the work in flight. Each buffer is allocated when it is first needed,
/// so a source that never connects has none.
final class BufferPool: Sendable {
    private let free: Mutex<[PixelBuffer]>
    private let count: DispatchSemaphore
    private let width: Int
    private let height: Int

    /// - Parameters:
    ///   - width: of each buffer, in pixels.
    ///   - height: of each buffer, in pixels.
    init(count: Int, width: Int, height: Int) {
        free = Mutex([])
        self.width = width
        self.height = height
        self.count = DispatchSemaphore(value: count)
    }

    /// Blocks until a buffer is free, and takes it.
    func take() -> PixelBuffer {
        count.wait()
        return free.withLock { $0.popLast() } ?? PixelBuffer(width: width, height: height)
    }

    /// Returns a buffer to the pool.
    func giveBack(_ buffer: PixelBuffer) {
        free.withLock { $0.append(buffer) }
        count.signal()
    }
}

extension Scaler {
    /// Scales a region of a frame into a buffer of a pool. Blocks until one is free.
    ///
    /// - Returns: the buffer, which the caller gives back.
    /// - Throws: ``SourceError`` if the frame's pixels cannot be converted.
    func scale(_ frame: Frame, region: Region = .full, from pool: BufferPool, _ clock: StageClock? = nil)
        throws(SourceError) -> PixelBuffer
    {
        let buffer = pool.take()
        let start = MonotonicClock.now
        defer { clock?.add(MonotonicClock.now - start, to: .scale) }
        do {
            try scale(frame, region: region, into: buffer)
            return buffer
        } catch {
            pool.giveBack(buffer)
            throw .malformed("its frames cannot be converted: \(error)")
        }
    }
}
