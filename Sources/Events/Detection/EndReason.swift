/// Why a sighting ended.
package enum EndReason: String, Equatable, Sendable {
    /// It was not seen any more.
    case cleared
    /// The source gave no more frames, or began anew.
    case sourceLost = "source_lost"
    /// The recording was over.
    case sourceEnded = "source_ended"
    /// Lookout was stopped.
    case shutdown
    /// It had lasted as long as it may.
    case maximumLength = "max_length"
    /// Lookout had been ended while it was seen, and said so when it was started again.
    case restart
}
