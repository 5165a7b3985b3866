import Basics
import Capture
import Events

/// Reads the samples of a recording: sampled frames, and the images of each for the networks. It goes on after a checkpoint.
///
/// To be used by one thread at a time.
struct SampleReader {
    private let source: FileSource
    private let clock: StageClock
    private var frames: SampledFrames
    private var scaler: SampleScaler
    private var motion: MotionDetector
    /// State at the checkpoint at which the reader began.
    private let earlier: ReaderState?
    /// Time stamp of the last sample, in seconds.
    private var media = 0.0
    private(set) var hasJumped: Bool
    /// Samples before the checkpoint that have to be read again, because a seek would not find the place.
    private var repeated: Int

    /// - Parameters:
    ///   - source: open, and without a frame read.
    ///   - buffers: buffers of the images.
    ///   - clock: measures reading, decoding and scaling.
    ///   - whole: part of which `part` is a segment; `nil` if it is none.
    ///   - checkpoint: where an earlier analysis stopped; `nil` to begin at the beginning of the part.
    init(
        _ source: FileSource, _ settings: RecordingSettings, _ part: RecordingPart, buffers: SampleBuffers,
        clock: StageClock, after checkpoint: RecordingCheckpoint? = nil, of whole: RecordingPart? = nil
    ) {
        self.source = source
        self.clock = clock
        scaler = SampleScaler(.full, fit: settings.fit, crops: settings.crops, buffers: buffers)
        scaler.clock = clock
        motion = MotionDetector(MotionSettings(enabled: false), findsAreas: scaler.hasCrops)
        earlier = checkpoint?.reader
        hasJumped = earlier?.hasJumped ?? false
        repeated = hasJumped ? checkpoint?.count ?? 0 : 0
        var part = part
        if let earlier {
            scaler.planner = earlier.planner
            motion.gate = earlier.motion
            if !hasJumped { part.from = earlier.position + Self.tick }
        }
        frames = SampledFrames(
            source, part: part, of: whole, sampling: settings.sampling, choice: settings.choice, clock: clock)
    }

    /// Less than the time between two frames, and more than the tolerance for time stamps, in seconds.
    static let tick = 0.001

    /// Jumps of the time stamps since the last sample, in seconds.
    var steps: [Double] { frames.steps }

    /// Returns the frame of the next sample, which is valid until the next call; `nil` at the end.
    ///
    /// - Throws: ``SourceError``.
    mutating func next() throws -> Frame? {
        while repeated > 0, try frames.next() != nil { repeated -= 1 }
        let frame = try frames.next()
        if let frame { media = frame.time }
        if !frames.steps.isEmpty { hasJumped = true }
        return frame
    }

    /// Scales the images of a frame. Blocks until there are buffers for them.
    ///
    /// - Parameter objects: returns the predicted objects; called if crops or a second stage need them.
    /// - Throws: ``SourceError``.
    mutating func images(of frame: Frame, objects: () -> [PredictedObject]) throws(SourceError) -> SampleImages {
        let time = frame.time
        let start = MonotonicClock.now
        let areas = motion.observe(frame, at: time).areas
        clock.add(MonotonicClock.now - start, to: .scale)
        return try scaler.images(
            of: frame, motion: areas,
            objects: scaler.needsObjects ? objects() : [], at: time)
    }

    /// State after the last sample.
    var state: ReaderState {
        ReaderState(
            media: media, position: frames.sampledPosition, hasJumped: hasJumped, corruption: corruption,
            planner: scaler.planner, motion: motion.gate)
    }

    /// Corruption of the recording so far, also before the checkpoint.
    var corruption: Corruption {
        guard let earlier, !earlier.hasJumped else { return source.corruption }
        return earlier.corruption.continued(by: source.corruption, after: earlier.media)
    }
}

/// Tells when a checkpoint is due.
struct CheckpointTimer {
    /// Seconds; `nil` for no checkpoints.
    let interval: Double?
    private var last: Double?

    init(interval: Double?) { self.interval = interval }

    /// - Parameter time: in seconds of the monotonic clock. The first one begins the first interval.
    mutating func isDue(at time: Double) -> Bool {
        guard let interval else { return false }
        guard let last, time - last < interval else {
            defer { last = time }
            return last != nil
        }
        return false
    }
}
