import Basics

/// How far the work on a recording has come. Written by the pipeline, read by whoever shows it.
package final class RecordingProgress: Sendable {
    /// How far it has come.
    package struct State: Equatable, Sendable {
        /// The time stamp that has been reached, in seconds from that of the first frame.
        package var position = 0.0
        /// The length of the recording in seconds, if it is known.
        package var duration: Double?
        /// Frames that were looked at.
        package var samples = 0
        /// Events that began.
        package var events = 0
        /// Labels or groups that are being seen, in the order in which they began.
        package var present: [String] = []
    }

    private let guarded = Mutex(State())

    package init() {}

    /// How far it has come by now.
    package var state: State { guarded.withLock { $0 } }

    func update(_ change: (inout State) -> Void) { guarded.withLock { change(&$0) } }
}
