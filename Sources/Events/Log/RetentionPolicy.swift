/// Which of a log's earlier files go. A value without a clock, which knows no file system.
package struct RetentionPolicy: Equatable, Sendable {
    /// How many earlier files stay; nil for any number.
    package var keep: Int?
    /// Seconds after its last line for which a file stays; nil for ever.
    package var maxAge: Double?
    /// Bytes of the file system that are to stay free: the oldest files go while there are fewer. Nil if it does
    /// not matter.
    package var freeSpace: Int?

    package init(keep: Int? = nil, maxAge: Double? = nil, freeSpace: Int? = nil) {
        self.keep = keep
        self.maxAge = maxAge
        self.freeSpace = freeSpace
    }

    /// An earlier file.
    struct File: Equatable {
        /// From 1, which is the newest.
        var number: Int
        /// Bytes.
        var size: Int
        /// Seconds since its last line.
        var age: Double
    }

    /// A longer time between two files, or since the newest one, is taken for a clock that was wrong. In seconds.
    static let longestPause = 366 * 86400.0

    /// How long ago each file got its last line.
    ///
    /// Ages are added up from one file to the next, and steps that cannot be true (back in time, or of more than a
    /// year) count as none. So neither a clock that says 2099 nor files that were written while it did make other
    /// files old.
    ///
    /// - Parameters:
    ///   - modified: when each got its last line, in seconds since 1970; of the newest file first.
    ///   - now: by the calendar, in seconds since 1970.
    static func ages(_ modified: [Double], now: Double) -> [Double] {
        var later = now
        var age = 0.0
        return modified.map { time in
            if case let step = later - time, (0...longestPause).contains(step) { age += step }
            later = time
            return age
        }
    }

    /// The numbers of the files that go, the oldest first.
    ///
    /// - Parameter free: bytes that are free; nil if nobody knows.
    func filesToDelete(_ files: [File], free: Int?) -> [Int] {
        var free = free
        var filesToDelete: [Int] = []
        for (place, file) in files.sorted(by: { $0.number < $1.number }).enumerated().reversed() {
            let isOneTooMany = keep.map { place >= $0 } ?? false
            let isTooOld = maxAge.map { file.age > $0 } ?? false
            let isInTheWay = freeSpace.map { floor in free.map { $0 < floor } ?? false } ?? false
            guard isOneTooMany || isTooOld || isInTheWay else { continue }
            filesToDelete.append(file.number)
            free? += file.size
        }
        return filesToDelete
    }

    /// Whether it ever removes anything as time goes by.
    var watchesTime: Bool { maxAge != nil || freeSpace != nil }
}
