/// When a log begins a new file. A value without a clock.
package struct RotationPolicy: Equatable, Sendable {
    /// Bytes that a file may have; nil for any number.
    package var size: Int?
    /// Seconds from a file's first line until the next file begins; nil for never.
    package var age: Double?

    package init(size: Int? = nil, age: Double? = nil) {
        self.size = size
        self.age = age
    }

    /// Whether a new file begins before a line is written. A file that is empty has room for any line.
    ///
    /// - Parameters:
    ///   - size: of the file, in bytes.
    ///   - adding: the bytes of the line.
    ///   - age: seconds since the file's first line; negative if the calendar was set back.
    func isDue(size: Int, adding: Int, age: Double) -> Bool {
        guard size > 0 else { return false }
        if let limit = self.size, size + adding > limit { return true }
        if let limit = self.age, age >= limit { return true }
        return false
    }
}
