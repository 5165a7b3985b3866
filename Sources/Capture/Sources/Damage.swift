/// What of a recording could not be shown as it was taken.
public struct Damage: Equatable, Sendable {
    /// A stretch of pictures that were left out.
    public struct Stretch: Equatable, Sendable {
        /// Seconds, by the recording's time stamps.
        public var start: Double
        /// The first picture that is sound again, or the last one of the recording.
        public var end: Double
        /// Pictures that were decoded, but not to be trusted.
        public var frames: Int
    }

    public internal(set) var stretches: [Stretch] = []
    /// Where the recording breaks off, if it does so before its end.
    public internal(set) var truncatedAt: Double?

    public var isEmpty: Bool { stretches.isEmpty && truncatedAt == nil }

    /// Pictures left out in all stretches.
    public var frames: Int { stretches.reduce(0) { $0 + $1.frames } }
}

/// Tells sound pictures from those that were decoded from damaged data.
///
/// After damage, pictures are made from pictures that were made up; they are sound again from the next
/// one that is decoded from itself alone. A recording that hardly has such pictures is trusted again
/// after a while without a new complaint, by when most of the picture has been renewed.
struct DamageTracker {
    private(set) var damage = Damage()
    /// Whether the last stretch has not ended yet.
    private var isOpen = false
    private var lastTrouble = 0.0
    private var lastTime = 0.0

    /// Seconds without a complaint after which pictures are trusted again.
    private static let patience = 5.0

    /// Data of that time could not be decoded, or not wholly.
    mutating func noteTrouble(at time: Double) {
        lastTrouble = time
        guard !isOpen else { return }
        isOpen = true
        damage.stretches.append(Damage.Stretch(start: time, end: time, frames: 0))
    }

    /// Whether a picture can be trusted.
    ///
    /// - Parameters:
    ///   - time: its time stamp.
    ///   - isKey: whether it was decoded from itself alone.
    ///   - isDamaged: whether the decoder says that it made up a part of it.
    mutating func accepts(time: Double, isKey: Bool, isDamaged: Bool) -> Bool {
        lastTime = time
        if isDamaged { noteTrouble(at: time) }
        guard isOpen, let last = damage.stretches.indices.last else { return true }
        // Decoders give pictures late: these were complete before the trouble came.
        if !isDamaged, time < damage.stretches[last].start { return true }
        damage.stretches[last].end = max(damage.stretches[last].end, time)
        if !isDamaged, isKey || time - lastTrouble > Self.patience {
            isOpen = false
            return true
        }
        damage.stretches[last].frames += 1
        return false
    }

    /// The recording is over, though it should have gone on.
    mutating func noteTruncation() { damage.truncatedAt = lastTime }
}
