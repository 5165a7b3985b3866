/// How long a source may take to answer when it is tried again.
///
/// A peer that is gone without a word lets an attempt hang, and what comes back meanwhile does not wake it. So
/// a source that answered quickly before is not waited for as long as one that nobody knows. It may have
/// become slower, though: every few attempts, it has all the time that there is.
///
/// A value without a clock.
package struct AdaptiveTimeout: Equatable, Sendable {
    /// How long it took the last time, in seconds, if it ever answered.
    private var usual: Double?
    private var attempts = 0

    /// So many times as long as usual is long enough.
    private static let factor = 3.0
    /// What is enough in any case, in seconds.
    private static let least = 3.0
    /// One attempt in so many has no limit of ours.
    private static let unlimitedAttempt = 4

    package init() {}

    /// It is tried. For how many seconds, at most; infinity if only the source's own time-out counts.
    package mutating func attempt() -> Double {
        attempts += 1
        guard let usual, attempts % Self.unlimitedAttempt != 0 else { return .infinity }
        return max(Self.least, Self.factor * usual)
    }

    /// It answered after so many seconds.
    package mutating func answered(after seconds: Double) {
        usual = seconds
        attempts = 0
    }
}
