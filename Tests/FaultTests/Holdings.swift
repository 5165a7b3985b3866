import Foundation

/// What the program holds of the system's.
struct Holdings {
    /// What its descriptors are.
    private(set) var descriptors: [String]
    private(set) var threads: Int

    /// So many threads may be there at any time, before a fault and after it: one for each of the program's queues
    /// (two of each camera, one of all supervisors, one of each lane, two of each of the two files, and those of the analysis, of the status
    /// and of signals), the first, and Dispatch's own.
    /// Dispatch makes one when a queue has work and all are busy; those that are idle are woken in turn, so
    /// that none is idle for the five seconds after which it would go.
    static let mostThreads = 2 * 2 + 1 + ProcessInfo.processInfo.activeProcessorCount + 2 * 2 + 3 + 1 + 1

    /// - Parameter seconds: for how long threads are counted; the highest number is taken.
    init(of watch: WatchProcess, seconds: Double) {
        threads = 0
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            threads = max(threads, watch.threads)
            Trial.sleep(0.05)
        }
        descriptors = watch.descriptors
    }

    /// What it holds when it is no more than before, or else what it still holds after a while.
    init(of watch: WatchProcess, noMoreThan before: Holdings) {
        let limit = Date().addingTimeInterval(8)
        repeat {
            (descriptors, threads) = (watch.descriptors, watch.threads)
            if descriptors.count == before.descriptors.count, threads <= max(before.threads, Self.mostThreads) {
                return
            }
            Trial.sleep(0.1)
        } while Date() < limit
    }
}
