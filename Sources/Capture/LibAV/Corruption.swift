/// What of a recording could not be shown as it was taken.
package struct Corruption: Equatable, Sendable {
    /// A stretch of frames that were left out.
    package struct Stretch: Equatable, Sendable {
        /// Seconds, by the recording's time stamps.
        package var start: Double
        /// The first frame that is sound again, or the last one of the recording.
        package var end: Double
        /// Frames that were decoded, but not to be trusted.
        package var frames: Int
    }

    /// In the order in which they come.
    package internal(set) var stretches: [Stretch] = []
    /// Where the recording breaks off, if it does so before its end.
    package internal(set) var truncatedAt: Double?

    /// Whether nothing is damaged.
    package var isEmpty: Bool { stretches.isEmpty && truncatedAt == nil }

    /// Frames left out in all stretches.
    package var frames: Int { stretches.reduce(0) { $0 + $1.frames } }
}

/// Tells sound frames from those that were decoded from damaged data.
///
/// After damage, frames are made from frames that were made up; they are sound again from the next
/// one that is decoded from itself alone. A recording that hardly has such frames is trusted again
/// after a while without a new complaint, by when most of the frame has been renewed.
struct CorruptionTracker {
    private(set) var damage = Corruption()
    /// Whether the last stretch has not ended yet.
    private var isOpen = false
    private var lastCorruption = 0.0
    private var lastTime = 0.0
    /// Whether a frame has been trusted yet.
    private var hasBegun = false

    /// Seconds without a complaint after which frames are trusted again.
    private static let timeout = 5.0
    /// Time stamps that go back by more than this, or forward by more than that, have jumped; in seconds.
    private static let reordering = 1.0
    private static let longestPause = 60.0

    /// Data of that time could not be decoded, or not wholly.
    mutating func recordCorruption(at time: Double) {
        lastCorruption = time
        guard !isOpen else { return }
        isOpen = true
        damage.stretches.append(Corruption.Stretch(start: time, end: time, frames: 0))
    }

    /// Whether a frame can be trusted.
    ///
    /// - Parameters:
    ///   - time: its time stamp.
    ///   - isKey: whether it was decoded from itself alone.
    ///   - isDamaged: whether the decoder says that it made up a part of it.
    mutating func accepts(time: Double, isKey: Bool, isCorrupt: Bool) -> Bool {
        if isOpen, hasBegun, time < lastTime - Self.reordering || time > lastTime + Self.longestPause {
            jump(to: time)
        }
        lastTime = time
        if isCorrupt { recordCorruption(at: time) }
        let isTrusted = isOpen ? ends(at: time, isKey: isKey, isCorrupt: isCorrupt) : true
        hasBegun = hasBegun || isTrusted
        return isTrusted
    }

    /// Time has jumped: what is open goes on in the new times.
    private mutating func jump(to time: Double) {
        isOpen = false
        recordCorruption(at: time)
    }

    /// Whether the stretch that is open spares this frame, because it ends with it or began after it.
    private mutating func ends(at time: Double, isKey: Bool, isCorrupt: Bool) -> Bool {
        guard var stretch = damage.stretches.popLast() else { return true }
        // Decoders give frames late: these were complete before the trouble came.
        let isEarlier = !isCorrupt && time < stretch.start
        let isSound = !isCorrupt && (isKey || time - lastCorruption > Self.timeout)
        if !isEarlier { stretch.end = max(stretch.end, time) }
        if !isEarlier, !isSound {
            stretch.frames += 1
            framesLeftOut += 1
        }
        isOpen = isEarlier || !isSound
        // A recording that was cut out of a stream may begin with what cannot be decoded without what came
        // before. Nothing of it is lost that was ever in it.
        let isBeginning = !hasBegun && stretch.frames == 0 && isSound
        if !isBeginning { damage.stretches.append(stretch) }
        return isEarlier || isSound
    }

    /// Forgets the stretches that have ended, for those who read without an end.
    mutating func forgetEnded() { damage.stretches.removeFirst(damage.stretches.count - (isOpen ? 1 : 0)) }

    /// Frames that were left out so far, forgotten or not.
    private(set) var framesLeftOut = 0

    /// The recording is over at a time, though it should have gone on.
    mutating func noteTruncation(at time: Double) { damage.truncatedAt = time }
}
