import Foundation

/// How long tests wait for what has to come.
///
/// Only what never comes takes so long. How soon something comes depends on what else the machine does, and is
/// measured where nothing else runs: in FaultTests, and in Benchmarks.
package enum TestTimeout {
    /// In seconds: more than a busy machine with sanitizers needs for anything.
    package static let seconds = 180.0

    /// Waits for something that has to come.
    ///
    /// - Returns: whether it has.
    package static func wait(for condition: () throws -> Bool) rethrows -> Bool {
        let end = Date() + seconds
        while Date() < end {
            if try condition() { return true }
            usleep(10_000)
        }
        return try condition()
    }
}
