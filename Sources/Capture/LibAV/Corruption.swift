/// Corruption of a recording: segments that were skipped, and a missing end.
package struct Corruption: Equatable, Sendable, Codable {
    /// Corrupt segment, whose frames were dropped.
    package struct Segment: Equatable, Sendable, Codable {
        /// Start in seconds, by the recording's time stamps.
        package var start: Double
        /// Time of the first intact frame after it, or of the last frame of the recording.
        package var end: Double
        /// Number of frames that were decoded and dropped.
        package var frames: Int
    }

    /// Corrupt segments, in order.
    package internal(set) var segments: [Segment] = []
    /// Time at which the recording ends, if it is truncated; seconds.
    package internal(set) var truncatedAt: Double?

    package init(segments: [Segment] = [], truncatedAt: Double? = nil) {
        self.segments = segments
        self.truncatedAt = truncatedAt
    }

    /// Whether the recording is intact.
    package var isEmpty: Bool { segments.isEmpty && truncatedAt == nil }

    /// Returns the corruption of a recording that was read in two parts.
    ///
    /// - Parameters:
    ///   - rest: corruption of the second part, which begins somewhat earlier.
    ///   - time: time stamp of the last frame of the first part, in seconds.
    package func continued(by rest: Corruption, after time: Double) -> Corruption {
        Corruption(
            segments: segments.filter { $0.end <= time } + rest.segments.filter { $0.end > time },
            truncatedAt: rest.truncatedAt)
    }

    /// Number of frames dropped in all segments.
    package var frames: Int { segments.reduce(0) { $0 + $1.frames } }
}

extension Corruption: CustomStringConvertible {
    /// Description for people: the first corrupt segments, and where the recording is truncated.
    package var description: String {
        var parts: [String] = []
        if !segments.isEmpty {
            let shown = segments.prefix(5).map { "\(Self.seconds($0.start))–\(Self.seconds($0.end)) s" }
            let more = segments.count > shown.count ? ", …" : ""
            parts.append(
                "\(Self.count(segments.count, "corrupt segment")) skipped "
                    + "(\(shown.joined(separator: ", "))\(more); \(Self.count(frames, "frame")))")
        }
        if let truncatedAt { parts.append("truncated at \(Self.seconds(truncatedAt)) s, before its end") }
        return parts.joined(separator: "; ")
    }

    private static func count(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

    /// Formats seconds with two decimals.
    private static func seconds(_ value: Double) -> String {
        let hundredths = Int((value.magnitude * 100).rounded())
        let rest = hundredths % 100
        return (value < 0 ? "-" : "") + "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

/// Tells intact frames from those decoded from corrupt data.
///
/// After corruption, decoded frames depend on wrong reference frames until the next key frame. A recording with few key
/// frames is trusted again after some seconds without new corruption, when most of the frame has been refreshed.
struct CorruptionTracker {
    private(set) var corruption = Corruption()
    /// Whether the last segment is still open.
    private var isOpen = false
    private var lastCorruption = 0.0
    private var lastTime = 0.0
    /// Whether a frame has been accepted yet.
    private var hasBegun = false

    /// Seconds without corruption after which frames are accepted without a key frame.
    private static let timeout = 5.0
    /// Time stamps have jumped if they go back by more than this; seconds.
    private static let reordering = 1.0
    /// Time stamps have jumped if they go forward by more than this; seconds.
    private static let longestPause = 60.0

    /// Records that data of this time could not be decoded, or only in part.
    mutating func recordCorruption(at time: Double) {
        lastCorruption = time
        guard !isOpen else { return }
        isOpen = true
        corruption.segments.append(Corruption.Segment(start: time, end: time, frames: 0))
    }

    /// Returns whether a frame is intact.
    ///
    /// - Parameters:
    ///   - time: time stamp, in seconds.
    ///   - isKey: whether it is a key frame.
    ///   - isCorrupt: whether the decoder concealed errors in it.
    mutating func accepts(time: Double, isKey: Bool, isCorrupt: Bool) -> Bool {
        if isOpen, hasBegun, time < lastTime - Self.reordering || time > lastTime + Self.longestPause {
            jump(to: time)
        }
        lastTime = time
        if isCorrupt { recordCorruption(at: time) }
        let isIntact = isOpen ? ends(at: time, isKey: isKey, isCorrupt: isCorrupt) : true
        hasBegun = hasBegun || isIntact
        return isIntact
    }

    /// Ends the open segment where time stamps jump, and begins another.
    private mutating func jump(to time: Double) {
        isOpen = false
        recordCorruption(at: time)
    }

    /// Returns whether the frame is outside of the open segment, because the segment ends with it or began after it.
    private mutating func ends(at time: Double, isKey: Bool, isCorrupt: Bool) -> Bool {
        guard var segment = corruption.segments.popLast() else { return true }
        // Decoders return frames late: these were complete before the corruption.
        let isEarlier = !isCorrupt && time < segment.start
        let isIntact = !isCorrupt && (isKey || time - lastCorruption > Self.timeout)
        if !isEarlier { segment.end = max(segment.end, time) }
        if !isEarlier, !isIntact {
            segment.frames += 1
            droppedFrames += 1
        }
        isOpen = isEarlier || !isIntact
        // A recording that was cut out of a stream may begin with frames that depend on earlier ones. They were never
        // part of the recording.
        let isBeginning = !hasBegun && segment.frames == 0 && isIntact
        if !isBeginning { corruption.segments.append(segment) }
        return isEarlier || isIntact
    }

    /// Discards closed segments, so that an endless stream does not collect them.
    mutating func forgetEnded() { corruption.segments.removeFirst(corruption.segments.count - (isOpen ? 1 : 0)) }

    /// Number of frames dropped so far, also in discarded segments.
    private(set) var droppedFrames = 0

    /// Records that the recording ends before its stated end.
    mutating func noteTruncation(at time: Double) { corruption.truncatedAt = time }
}
