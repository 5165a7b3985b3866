import SystemPackage

extension EventLog {
    /// Settings of a log.
    package struct Settings: Equatable, Sendable {
        /// When records are synced to the disk, to survive a power failure. Records that were written always survive
        /// the end of the process.
        package enum Fsync: Equatable, Sendable {
            /// Whenever the system decides.
            case none
            /// After at most so many seconds.
            case interval(Double)
            /// After each record.
            case each

            /// Usual seconds of ``interval(_:)``.
            package static let standardInterval = 5.0
        }

        /// Path of the file. Rotated files have the suffixes `.1`, `.2` …; `.1` is the newest.
        package var path: String
        /// When a new file begins.
        package var rotation: RotationPolicy
        /// Which rotated files are removed. `keep` applies only to a log that rotates its files itself.
        package var retention: RetentionPolicy
        /// When records are synced to the disk.
        package var fsync: Fsync
        /// Mode of a new file, less the umask.
        package var mode: UInt32
        /// Capacity of the buffer in records, for times when nothing can be written.
        package var capacity: Int

        /// - Parameters:
        ///   - rotateSize: maximum size of a file in bytes.
        ///   - rotateAge: maximum age of a file in seconds.
        ///   - keep: maximum number of rotated files. Ignored without `rotateSize` and `rotateAge`.
        ///   - maxAge: maximum age of a rotated file in seconds.
        ///   - freeSpace: free space of the file system in bytes, below which rotated files are removed.
        ///   - mode: mode of a new file, less the umask.
        ///   - capacity: capacity of the buffer in records.
        package init(
            path: String, rotateSize: Int? = nil, rotateAge: Double? = nil, keep: Int? = nil, maxAge: Double? = nil,
            freeSpace: Int? = nil, fsync: Fsync = .none, mode: UInt32 = 0o640, capacity: Int = 4096
        ) {
            self.path = path
            rotation = RotationPolicy(size: rotateSize, age: rotateAge)
            retention = RetentionPolicy(keep: keep, maxAge: maxAge, freeSpace: freeSpace)
            self.fsync = fsync
            self.mode = mode
            self.capacity = capacity
        }

        /// ``retention`` without `keep` if another program rotates the files: logrotate and the like keep count of
        /// their files themselves.
        var effectiveRetention: RetentionPolicy {
            var policy = retention
            if rotation.size == nil, rotation.age == nil { policy.keep = nil }
            return policy
        }
    }

    /// State and counts of a log since it was opened.
    package struct Statistics: Sendable {
        /// Records that were written.
        package var lines = 0
        /// Bytes of those records.
        package var bytes = 0
        /// Records that were dropped because nothing could be written for too long.
        package var missed = 0
        /// Torn lines at the end of a file that were truncated.
        package var mended = 0
        /// Rotations by size or age.
        package var rotations = 0
        /// Rotated files that were removed.
        package var removed = 0
        /// Failed attempts to open, write or sync the file.
        package var failures = 0
        /// Error of the last failure.
        package var lastError: Errno?
        /// Whether the last write failed. Writing is retried.
        package var cannotWrite = false
        /// Whether the last sync failed. Syncing is retried.
        package var cannotSync = false
        /// Whether records may be lost at the moment.
        package var isFailing: Bool { cannotWrite || cannotSync }
        /// Sequence number of the last record that was written, including `gap` records.
        package var sequence = 0
    }
}
