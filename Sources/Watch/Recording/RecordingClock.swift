import Events
import FoundationEssentials

/// When a recording was made: what a calendar said when its time stamps were 0.
package struct RecordingClock: Equatable, Sendable {
    /// How it is known.
    package enum Origin: String, Equatable, Sendable {
        /// Somebody said so.
        case given
        /// The file says so.
        case creationTime
        /// The file was written to for the last time when the recording ended, unless it was copied since.
        case modificationTime
    }

    /// When the time stamps were 0.
    package var epoch: Timestamp
    /// How that is known.
    package var origin: Origin
    /// Seconds from the first frame to the end of the last, if that is known.
    package var duration: Double?

    /// - Parameters:
    ///   - given: when the first frame was taken, if somebody knows.
    ///   - creationTime: the file's own words for the same.
    ///   - modified: when the file was written to for the last time.
    ///   - startTime: the time stamp of the first frame, in seconds.
    ///   - duration: of the recording, in seconds, if it is known.
    package init(
        given: Timestamp?, creationTime: String?, modified: Timestamp, startTime: Double, duration: Double?
    ) {
        if let given {
            self.init(first: given, startTime: startTime, origin: .given)
        } else if let created = creationTime.flatMap(Timestamp.init(iso8601:)), created.milliseconds > 0 {
            self.init(first: created, startTime: startTime, origin: .creationTime)
        } else {
            self.init(first: modified.advanced(by: -(duration ?? 0)), startTime: startTime, origin: .modificationTime)
        }
        self.duration = duration
    }

    private init(first: Timestamp, startTime: Double, origin: Origin) {
        epoch = first.advanced(by: -startTime)
        self.origin = origin
    }
}
