import CFFmpeg
import Synchronization

/// Ends blocking calls of FFmpeg's libraries.
///
/// The libraries ask ``wasCancelled`` again and again while they wait.
public final class Interruption: Sendable {
    private let isCancelled = Atomic(false)

    public init() {}

    /// Ends the call that is under way, and every later one. From any thread.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Whether ``cancel()`` was called.
    public var wasCancelled: Bool { isCancelled.load(ordering: .relaxed) }

    /// The form in which libavformat wants it.
    ///
    /// - Important: the libraries keep a pointer to `self`, so it has to outlive what it is given to.
    var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<Interruption>.fromOpaque(opaque).takeUnretainedValue().wasCancelled ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}
