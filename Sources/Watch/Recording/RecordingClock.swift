import Capture
import Events
import FoundationEssentials
import Glibc

/// Recording start time: the wall-clock time at which the recording's time stamps were 0.
package struct RecordingClock: Equatable, Sendable {
    /// Origin of the start time.
    package enum Origin: String, Equatable, Sendable {
        /// Given by the user.
        case given
        /// Creation time in the file's metadata.
        case creationTime
        /// Modification time of the file, less its duration: the recording ended with the last write, unless the file
        /// was copied since.
        case modificationTime
    }

    /// Wall-clock time at which the time stamps were 0.
    package var epoch: Timestamp
    package var origin: Origin
    /// Seconds from the first frame to the end of the last, if that is known.
    package var duration: Double?

    /// - Parameters:
    ///   - given: time of the first frame, if the user gave it.
    ///   - creationTime: time of the first frame in the file's metadata, as ISO 8601.
    ///   - modified: modification time of the file.
    ///   - startTime: time stamp of the first frame, in seconds.
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

    /// Determines the start time of a file.
    ///
    /// - Parameters:
    ///   - source: an open source.
    ///   - given: time of the first frame, if the user gave it.
    init(of source: FileSource, given: Timestamp?) {
        var status = stat()
        let isFile = stat(source.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        let modified = Timestamp(seconds: Double(status.st_mtim.tv_sec))
        let startTime = source.info.startTime ?? 0
        self.init(
            given: given, creationTime: source.info.creationTime, modified: modified, startTime: startTime,
            duration: source.info.duration)
        // The modification time says when the recording ended; its duration says when it started.
        if origin == .modificationTime, duration == nil, isFile {
            self.init(
                given: nil, creationTime: nil, modified: modified, startTime: startTime,
                duration: source.measureDuration())
        }
    }

    private init(first: Timestamp, startTime: Double, origin: Origin) {
        epoch = first.advanced(by: -startTime)
        self.origin = origin
    }
}
