import Basics

/// Files of a recorder: tells which of them are complete. A value without a clock.
package struct RecorderFiles: Sendable {
    /// Files that may still grow.
    private var growing: Set<String> = []
    /// Files that are complete, in the order in which that was known.
    private var complete: [String] = []

    /// Seconds without a change after which a file counts as complete, if nobody was there to see it closed.
    package static let quietTime = 10.0

    package init() {}

    /// Notes a file that may not be complete.
    package mutating func noteGrowing(_ path: String) {
        if !complete.contains(path) { growing.insert(path) }
    }

    /// Notes a file that its program has closed.
    package mutating func noteComplete(_ path: String) {
        growing.remove(path)
        // A file that is written again is analyzed again, but once for all changes so far.
        if !complete.contains(path) { complete.append(path) }
    }

    /// Returns the files that are complete by now, and forgets them.
    ///
    /// - Parameter age: returns the seconds since the last change of a file; `nil` if it is gone.
    package mutating func takeComplete(age: (String) -> Double?) -> [String] {
        for path in growing.sorted() {
            guard let age = age(path) else {
                growing.remove(path)
                continue
            }
            if age >= Self.quietTime { noteComplete(path) }
        }
        defer { complete = [] }
        return complete
    }
}
