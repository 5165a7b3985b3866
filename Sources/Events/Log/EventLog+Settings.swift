import SystemPackage

extension EventLog {
    /// How a log is kept.
    package struct Settings: Sendable {
        /// When what was written has to be on the disk, should the power fail. A program that ends, however it
        /// ends, loses nothing that was written.
        package enum Fsync: Equatable, Sendable {
            /// When the system sees fit.
            case none
            /// After so many seconds at most.
            case interval(Double)
            /// After each line.
            case each
        }

        /// The file; earlier ones are called the same with `.1`, `.2` … behind it.
        package var path: String
        /// When a new file begins.
        package var rotation: RotationPolicy
        /// Which earlier files go.
        package var retention: RetentionPolicy
        package var fsync: Fsync
        /// The mode of a new file, less the umask.
        package var mode: UInt32
        /// How many lines may wait while nothing can be written.
        package var capacity: Int

        /// - Parameters:
        ///   - rotateSize: bytes that a file may have.
        ///   - rotateAge: seconds after which a new file begins.
        ///   - keep: how many earlier files stay; of no effect if new files are begun by somebody else only.
        ///   - maxAge: seconds for which an earlier file stays.
        ///   - freeSpace: bytes to be kept free by removing earlier files.
        package init(
            path: String, rotateSize: Int? = nil, rotateAge: Double? = nil, keep: Int? = nil, maxAge: Double? = nil,
            freeSpace: Int? = nil, fsync: Fsync = .none, mode: UInt32 = 0o640, capacity: Int = 4096
        ) {
            self.path = path
            rotation = RotationPolicy(size: rotateSize, age: rotateAge)
            // Whoever else rotates counts himself.
            let rotates = rotateSize != nil || rotateAge != nil
            retention = RetentionPolicy(keep: rotates ? keep : nil, maxAge: maxAge, freeSpace: freeSpace)
            self.fsync = fsync
            self.mode = mode
            self.capacity = capacity
        }
    }

    /// How a log is doing: counts since it was opened.
    package struct Statistics: Sendable {
        /// Lines that were written, and their bytes.
        package var lines = 0
        package var bytes = 0
        /// Lines that gave way because nothing could be written for too long.
        package var missed = 0
        /// Torn lines at the end of a file that were cut off.
        package var mended = 0
        /// Times at which a new file was begun because the old one was large or old enough.
        package var rotations = 0
        /// Earlier files that were removed.
        package var removed = 0
        /// Times at which the file could not be opened, written to or brought to the disk.
        package var failures = 0
        /// What the system said the last time.
        package var lastError: Errno?
        /// Whether nothing can be written at the moment. It is tried again.
        package var cannotWrite = false
        /// Whether what was written cannot be brought to the disk. It is tried again.
        package var cannotSync = false
        /// Whether lines may be lost at the moment.
        package var isFailing: Bool { cannotWrite || cannotSync }
        /// The number of the last line that was written, or is in a `gap`.
        package var sequence = 0
    }
}
