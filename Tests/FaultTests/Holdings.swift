import Foundation
import TestSupport

/// Resources of the system that the program holds.
struct Holdings {
    /// Targets of the open descriptors.
    private(set) var descriptors: [String]
    private(set) var threads: Int

    /// Maximum number of threads at any time, before and after a fault: one for each queue of the program (two for each
    /// camera, one for all supervisors, one for each worker, two for each of the two files, and those of the analysis,
    /// of the status and of signals), the main thread, and Dispatch's manager.
    ///
    /// Dispatch creates a thread if a queue has work and all threads are busy. It wakes idle threads in turn, so that
    /// none is idle for the five seconds after which it would exit.
    static let mostThreads = 2 * 2 + 1 + ProcessInfo.processInfo.activeProcessorCount + 2 * 2 + 3 + 1 + 1

    /// Counts descriptors, and threads for a while.
    ///
    /// - Parameter seconds: duration of the count. ``threads`` is the maximum.
    init(of watch: WatchProcess, seconds: Double) {
        threads = 0
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            threads = max(threads, watch.threads)
            Trial.sleep(0.05)  // the interval of samples
        }
        descriptors = watch.descriptors
    }

    /// Counts descriptors and threads until there are no more than before, for 8 s at most.
    init(of watch: WatchProcess, noMoreThan before: Holdings) {
        var (descriptors, threads) = ([String](), 0)
        _ = TestTimeout.wait(seconds: 8) {
            (descriptors, threads) = (watch.descriptors, watch.threads)
            return descriptors.count == before.descriptors.count && threads <= max(before.threads, Self.mostThreads)
        }
        (self.descriptors, self.threads) = (descriptors, threads)
    }
}
