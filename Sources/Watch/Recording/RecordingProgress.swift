import Basics

/// How far the work on a recording has come. Written by the pipeline, read by whoever shows it.
public final class RecordingProgress: Sendable {
    /// How far it has come.
    public struct State: Equatable, Sendable {
        /// The time stamp that has been reached, in seconds from that of the first picture.
        public var position = 0.0
        /// The length of the recording in seconds, if it is known.
        public var duration: Double?
        /// Pictures that were looked at.
        public var samples = 0
        /// Events that began.
        public var events = 0
        /// Labels or groups that are being seen, in the order in which they began.
        public var present: [String] = []
    }

    private let guarded = Guarded(State())

    public init() {}

    /// How far it has come by now.
    public var state: State { guarded.withLock { $0 } }

    func update(_ change: (inout State) -> Void) { guarded.withLock { change(&$0) } }
}
