/// Which of a log's earlier files go. A value without a clock, which knows no file system.
public struct RetentionPolicy: Equatable, Sendable {
    /// How many earlier files stay; nil for any number.
    public var keep: Int?
    /// Seconds after its last line for which a file stays; nil for ever.
    public var maxAge: Double?
    /// Bytes of the file system that are to stay free: the oldest files go while there are fewer. Nil if it does
    /// not matter.
    public var freeSpace: Int?

    public init(keep: Int? = nil, maxAge: Double? = nil, freeSpace: Int? = nil) {
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

    /// The numbers of the files that go, the oldest first.
    ///
    /// - Parameter free: bytes that are free; nil if nobody knows.
    func doomed(_ files: [File], free: Int?) -> [Int] {
        var free = free
        var doomed: [Int] = []
        for (place, file) in files.sorted(by: { $0.number < $1.number }).enumerated().reversed() {
            let isOneTooMany = keep.map { place >= $0 } ?? false
            let isTooOld = maxAge.map { file.age > $0 } ?? false
            let isInTheWay = freeSpace.map { floor in free.map { $0 < floor } ?? false } ?? false
            guard isOneTooMany || isTooOld || isInTheWay else { continue }
            doomed.append(file.number)
            free? += file.size
        }
        return doomed
    }

    /// Whether it ever removes anything as time goes by.
    var watchesTime: Bool { maxAge != nil || freeSpace != nil }
}
