/// Division of a recording into segments, which are read at the same time on several cores.
///
/// Each segment begins somewhat behind a key frame: so far that the frames from the key frame on are what the samples of the
/// segment depend on.
struct SegmentPlan: Equatable, Sendable {
    /// Part of the recording that is divided.
    let whole: RecordingPart
    /// Starts of the segments, in seconds from the first frame.
    let starts: [Double]

    /// Shortest segment, in seconds: reading up to its first sample takes up to two seconds.
    private static let shortest = 20.0
    /// Longest segment, in seconds.
    private static let longest = 300.0
    /// Most samples of a segment: they wait in memory for those of the segments before.
    private static let mostSamples = 1500.0
    /// Most segments: the duration comes from the file, and may be anything.
    private static let most = 10_000.0
    /// Segments of each reader, so that all readers end at nearly the same time.
    private static let segmentsPerReader = 4.0

    /// - Parameters:
    ///   - whole: part to divide.
    ///   - duration: length of the recording in seconds.
    ///   - keyFrames: positions of key frames, in seconds from the first frame; may be empty.
    ///   - lead: seconds from a key frame to the first sample of a segment.
    ///   - rate: samples a second, or an estimate.
    /// - Returns: `nil` if there is nothing to divide.
    init?(_ whole: RecordingPart, duration: Double, keyFrames: [Double], lead: Double, rate: Double, readers: Int) {
        let end = min(whole.to ?? duration, duration)
        let share = (end - whole.from) / (Double(readers) * Self.segmentsPerReader)
        let length = max(
            Self.shortest, min(share, Self.longest, Self.mostSamples / rate), (end - whole.from) / Self.most)
        guard readers > 1, end.isFinite, length.isFinite, end - whole.from >= 2 * length else { return nil }
        var starts = [whole.from]
        var next = whole.from + length
        while next + lead < end - length / 2 {
            guard let keyFrame = keyFrames.isEmpty ? next : keyFrames.first(where: { $0 >= next }),
                keyFrame + lead < end - length / 4
            else { break }
            starts.append(keyFrame + lead)
            next = keyFrame + length
        }
        guard starts.count > 1 else { return nil }
        self.whole = whole
        self.starts = starts
    }

    var count: Int { starts.count }

    /// Returns a segment.
    func part(_ index: Int) -> RecordingPart {
        RecordingPart(from: starts[index], to: index + 1 < count ? starts[index + 1] : whole.to)
    }
}
